import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually } from '../support/local-stack-fixtures.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';

const PAGE = 'https://app.example.com';
const ORIGIN = 'access-control-allow-origin';

let stack: TestStack;
let careless: RecordingUpstream;
let token: string;

beforeAll(async () => {
  careless = await startRecordingUpstream((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*').setHeader('Vary', 'Accept-Encoding');
    response.end(request.target.endsWith('large') ? Buffer.alloc(1_000_000) : 'ok');
  });
  stack = await startTestStack();
  token = await stack.token();
  const policy = {
    cors: { origins: [PAGE], credentials: true, exposeHeaders: ['ETag'] },
    routes: [
      { path: '/api/careless/*', onUnauthenticatedRequest: 'allow', upstream: careless.origin },
      { path: '/api/trial/*', mode: 'report-only' },
      { path: '/api/admin/*', scopes: ['admin'] },
      { path: '/api/gone/*', upstream: 'http://127.0.0.1:9' },
      { path: '/api/me', upstream: 'whoami' },
    ],
  };
  stack.setParameter('policy', JSON.stringify(policy));
  await eventually(
    async () => (await call('/api/x', PAGE)).headers.get(ORIGIN),
    (origin) => origin === PAGE,
  );
});
afterAll(async () => {
  await stack.close();
  await careless.close();
});

const call = (path: string, origin: string, options: RequestInit = {}, bearer?: string) =>
  stack.call(path, bearer, { ...options, headers: { ...options.headers, origin } });
const preflight = (path: string, origin: string) =>
  call(path, origin, {
    method: 'OPTIONS',
    headers: { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' },
  });

describe('a response through the load balancer', () => {
  test.each<[string, number, boolean]>([
    ['/api/x', 200, true],
    ['/api/me', 200, true],
    ['/api/careless/x', 200, false],
    ['/api/trial/x', 200, false],
    ['/api/x', 401, false],
    ['/api/admin/x', 403, true],
    ['/api/careless/large', 502, false],
    ['/api/gone/x', 502, true],
    ['/api/%252e%252e/x', 400, true],
  ])('to %s (%i) is readable by the listed page only', async (path, status, withToken) => {
    const bearer = withToken ? token : undefined;
    const { headers, status: seen } = await call(path, PAGE, {}, bearer);
    expect([seen, headers.get(ORIGIN), headers.get('access-control-allow-credentials')]).toEqual([
      status,
      PAGE,
      'true',
    ]);
    expect(headers.get('vary')).toMatch(/^(?:Accept-Encoding, )?Origin$/);
    expect(headers.get('access-control-expose-headers')).toContain('ETag');
    const other = (await call(path, 'https://evil.example', {}, bearer)).headers;
    expect([...other.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    expect(other.get('vary')).toMatch(/Origin$/);
  });
});

test('the function responds to a preflight itself, and rejects one from another page', async () => {
  const response = await preflight('/api/careless/x', PAGE);
  expect([response.status, await response.text()]).toEqual([204, '']);
  expect(response.headers.get('access-control-allow-methods')).toBe('PUT');
  expect(response.headers.get('access-control-allow-headers')).toBe('authorization');
  expect(response.headers.get('access-control-max-age')).toBe('600');
  const other = await preflight('/api/careless/x', 'https://evil.example');
  expect([other.status, await other.json()]).toEqual([
    403,
    expect.objectContaining({ code: 'origin_not_allowed' }),
  ]);
  expect(careless.received.filter(({ method }) => method === 'OPTIONS')).toEqual([]);
});
