import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually } from '../support/local-stack-fixtures.ts';
import { rawCall } from '../support/raw-client.ts';

let stack: TestStack;
let document: string;

beforeAll(async () => {
  stack = await startTestStack();
  const resource = `${stack.urls.loadBalancer}/api/notes`;
  document = `${stack.urls.loadBalancer}/.well-known/oauth-protected-resource/api/notes`;
  const policy = {
    unmatched: 'deny',
    routes: [{ path: '/api/notes/*', scopes: ['write'] }],
    resources: [{ resource, path: '/api/notes/*', name: 'Notes', scopes: ['write'] }],
  };
  expect((await fetch(document)).status).toBe(401);
  stack.setParameter('policy', JSON.stringify(policy));
  await eventually(
    async () => (await fetch(document)).status,
    (status) => status === 200,
  );
});
afterAll(() => stack.close());

test('a client that knows only the URL discovers where to get a token, and with which scope', async () => {
  const rejected = await stack.call('/api/notes', undefined, { method: 'POST' });
  expect(rejected.status).toBe(401);
  const challenge = rejected.headers.get('www-authenticate') ?? '';
  const [, metadata = ''] = /resource_metadata="([^"]*)"/.exec(challenge) ?? [];
  const [, scope = ''] = /scope="([^"]*)"/.exec(challenge) ?? [];
  expect([metadata, scope]).toEqual([document, 'write']);

  const described = (await (await fetch(metadata)).json()) as {
    resource: string;
    authorization_servers: string[];
  };
  expect(described).toEqual({
    resource: `${stack.urls.loadBalancer}/api/notes`,
    authorization_servers: [stack.urls.authorizationServer],
    scopes_supported: ['write'],
    bearer_methods_supported: ['header'],
    resource_name: 'Notes',
  });
  const discovery = await fetch(`${described.authorization_servers[0]}/.well-known/openid-configuration`);
  expect(await discovery.json()).toMatchObject({ token_endpoint: `${stack.urls.authorizationServer}/token` });

  const weak = await stack.call('/api/notes', await stack.token({ scope: 'read' }), { method: 'POST' });
  expect([weak.status, weak.headers.get('www-authenticate')]).toEqual([
    403,
    `Bearer realm="alb-jwt-authorizer", error="insufficient_scope", scope="write", resource_metadata="${document}"`,
  ]);
  const good = await stack.call('/api/notes', await stack.token({ scope }), { method: 'POST' });
  expect(good.status).toBe(200);
});

test('HEAD of the document returns the same; other methods are rejected with the allowed ones', async () => {
  const get = await fetch(document);
  const head = await fetch(document, { method: 'HEAD' });
  expect(await head.text()).toBe('');
  for (const name of ['content-type', 'cache-control', 'etag', 'access-control-allow-origin']) {
    expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
  }
  const post = await fetch(document, { method: 'POST', body: '{}' });
  expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('host names from a client or a proxy change nothing', async () => {
  const { pathname, port } = new URL(document);
  const plain = Buffer.from(await (await fetch(document)).arrayBuffer());
  const response = await rawCall(Number(port), [
    `GET ${pathname}?resource=https://evil.example HTTP/1.1`,
    'Host: evil.example',
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Proto: https',
    'Forwarded: host=evil.example',
  ]);
  expect([response.status, response.body.toString()]).toEqual([200, plain.toString()]);
});
