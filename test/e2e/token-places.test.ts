import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DEMO } from '../../local/identity/authorization-server.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually } from '../support/local-stack-fixtures.ts';

let stack: TestStack;
let token: string;

const PAGE = 'https://app.example.com';

beforeAll(async () => {
  stack = await startTestStack({ authorizer: 'http' });
  token = await stack.token();
  const app = { type: 'jwks', issuer: stack.urls.authorizationServer, audience: DEMO.audience };
  const routes = [
    { path: '/api/web/*', providers: ['web'] },
    { path: '/api/proxy/*', providers: ['proxy'] },
    { path: '/api/link/*', providers: ['link'] },
  ];
  stack.setParameter(
    'policy',
    JSON.stringify({
      publicOrigins: [PAGE],
      providers: {
        web: { ...app, tokenFrom: [{ cookie: '__Host-session' }] },
        proxy: { ...app, tokenFrom: [{ header: 'cf-access-jwt-assertion' }] },
        link: { ...app, tokenFrom: [{ query: 'token', everywhere: true }] },
      },
      routes,
    }),
  );
  stack.setParameter('issuer', 'none');
  await eventually(
    () => statusOf('/api/proxy/x', { 'cf-access-jwt-assertion': token }),
    (status) => status === 200,
  );
});
afterAll(() => stack.close());

const call = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  stack.call(path, undefined, { method, headers });
const statusOf = async (...request: Parameters<typeof call>) => (await call(...request)).status;
/** The request that the upstream echoes. */
const received = async (...request: Parameters<typeof call>) =>
  (await (await call(...request)).json()) as { url: string; headers: Record<string, string | string[]> };

test('a token in a cookie is verified, and a page of another origin cannot use it to change anything', async () => {
  const cookie = `a=1; __Host-session=${token}`;
  expect(await statusOf('/api/web/x', { cookie })).toBe(200);
  expect(await statusOf('/api/web/x', { cookie, origin: PAGE }, 'POST')).toBe(200);
  for (const fields of [{ cookie }, { cookie, origin: 'https://evil.example' }]) {
    const response = await call('/api/web/x', fields, 'POST');
    expect([response.status, await response.json()]).toEqual([
      403,
      expect.objectContaining({ code: 'origin_not_allowed' }),
    ]);
  }
  expect(await statusOf('/api/web/x')).toBe(401);
});

test('a token in a header field that a proxy sets is verified', async () => {
  expect(await statusOf('/api/proxy/x', { 'cf-access-jwt-assertion': token })).toBe(200);
  expect(await statusOf('/api/proxy/x', { 'cf-access-jwt-assertion': `${token}x` })).toBe(401);
  expect(await statusOf('/api/proxy/x', { authorization: `Bearer ${token}` })).toBe(401);
});

test('a token in the query is verified and not forwarded', async () => {
  const seen = await received(`/api/link/x?a=%2F&token=${token}&b=2`);
  expect(JSON.stringify(seen)).not.toContain(token);
  expect(JSON.stringify(seen)).toContain('/api/link/x?a=%2F&b=2');
  expect(await statusOf('/api/link/x?token=eyJhbGciOiJub25lIn0.e30.')).toBe(401);
});

test('the authorizer of an API accepts a cookie if it is deployed without caching', async () => {
  const response = await fetch(`${stack.urls.api}/api/web/x`, {
    headers: { cookie: `__Host-session=${token}` },
  });
  expect(response.status).toBe(200);
});

test('no output of the stack contains a token from any place', () => {
  const printed = stack.lines.map(({ text }) => text).join('\n');
  expect(printed).toContain('origin_not_allowed');
  expect(printed).not.toContain(token);
  expect(printed).not.toContain(token.split('.')[2]);
});
