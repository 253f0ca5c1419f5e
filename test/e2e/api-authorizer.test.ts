import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { API_KINDS, isHttpApi } from '../../local/api-gateway/event.ts';
import { DEMO } from '../../local/identity/authorization-server.ts';
import type { Echo } from '../../local/upstream.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually } from '../support/local-stack-fixtures.ts';
import { rawCall } from '../support/raw-client.ts';

const POLICY = {
  routes: [
    { path: '/api/orders/*', scopes: ['orders:write'] },
    { path: '/api/read/*', scopes: ['read'] },
  ],
};

describe.each(API_KINDS)('the authorizer of an API (%s)', (authorizer) => {
  let stack: TestStack;
  let token: string;
  let other: string;
  let unseen: string;
  beforeAll(async () => {
    stack = await startTestStack({ authorizer });
    stack.setParameter('policy', JSON.stringify(POLICY));
    await stack.settle();
    [token, other, unseen] = [await stack.token(), await stack.token(), await stack.token()];
  });
  afterAll(() => stack.close());

  const call = (path: string, authorization?: string, headers: Record<string, string> = {}) =>
    fetch(`${stack.urls.api}${path}`, {
      headers: { ...headers, ...(authorization !== undefined && { authorization }) },
    });

  test('allows a good token, and the upstream gets its context, not what a client sends under the same names', async () => {
    const response = await call('/api/read/x?a=%20', `Bearer ${token}`, { 'X-Authorizer-Subject': 'root' });
    expect(response.status).toBe(200);
    const { url, headers } = (await response.json()) as Echo;
    const context = Object.fromEntries(headers.filter(([name]) => name.startsWith('x-authorizer-')));
    expect(context).toMatchObject({
      'x-authorizer-provider': 'default',
      'x-authorizer-subject': DEMO.clientId,
      'x-authorizer-client-id': DEMO.clientId,
    });
    expect(url).toBe('/api/read/x?a=%20');
    expect(JSON.stringify(headers)).not.toContain('root');
  });

  const plain = ['/api/read/', "/api/read/(a+b)'~,=:@&$"];
  const escaped = ['/api/read/a%20b', '/api/read/caf%C3%A9'];
  const percent = '/api/read/100%25';
  // The ARN of a TOKEN event does not distinguish an escape from an escaped escape.
  const good = authorizer === 'rest-token' ? plain : [...plain, ...escaped];
  test.each(authorizer === 'rest' ? [...good, percent] : good)(
    'allows a good token on %s, and the upstream gets that path',
    async (path) => {
      const response = await call(path, `Bearer ${await stack.token()}`);
      expect(response.status).toBe(200);
      expect(((await response.json()) as Echo).url).toBe(path);
    },
  );

  if (isHttpApi(authorizer)) {
    test('allows nobody on a path with a percent sign, to which API Gateway itself responds with 400', async () => {
      const before = stack.lines.length;
      expect((await call(percent, `Bearer ${await stack.token()}`)).status).toBe(400);
      expect(stack.lines.slice(before).filter(({ text }) => text.includes('"message":"decision"'))).toEqual(
        [],
      );
    });
  }

  test.each([
    '/api/orders/1/',
    '//api/orders/1',
    '/api/read/../orders/1',
    '/api/read/..%2Forders/1',
    '/api/%6Frders/1',
    '/api/orders%2F1',
    '/api/%256Frders/1',
  ])('rejects a token without the scope under any spelling of the path: %s', async (path) => {
    const port = Number(new URL(stack.urls.api ?? '').port);
    const authorization = `Authorization: Bearer ${await stack.token()}`;
    expect((await rawCall(port, [`GET ${path} HTTP/1.1`, authorization])).status).toBe(403);
  });

  test('rejects a missing and a bad token with 401', async () => {
    expect((await call('/api/read/x')).status).toBe(401);
    expect((await call('/api/read/x', `Bearer ${token.slice(0, -8)}AAAAAAAA`)).status).toBe(401);
  });

  test('rejects a good token without the scope with 403, whatever came before', async () => {
    for (let i = 0; i < 2; i++) {
      expect((await call('/api/orders/1', `Bearer ${token}`)).status).toBe(403);
      expect([200, 403]).toContain((await call('/api/read/x', `Bearer ${token}`)).status);
    }
  });

  test('is invoked at each request, because no API caches its responses', async () => {
    const another = await stack.token();
    const decisions = () => stack.lines.filter(({ text }) => text.includes('"message":"decision"')).length;
    const before = decisions();
    for (let i = 0; i < 3; i++) expect((await call('/api/read/kept', `Bearer ${another}`)).status).toBe(200);
    await eventually(decisions, (count) => count - before === 3);
  });

  test('works without the issuer if the keeper has its keys', async () => {
    await stack.authorizationServer.close();
    await stack.api?.functions.kill();
    expect((await call('/api/read/x', `Bearer ${other}`)).status).toBe(stack.keeper ? 200 : 500);
  });

  test('causes a 500 if it cannot decide', async () => {
    await stack.s3?.close();
    await stack.api?.functions.kill();
    expect((await call('/api/read/x', `Bearer ${unseen}`)).status).toBe(500);
  });
});
