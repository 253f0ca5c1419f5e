import { afterEach, describe, expect, test } from '@jest/globals';
import type { FunctionOutcome } from '../../../local/lambda/function-pool.ts';
import type { AlbEvent } from '../../../local/load-balancer/alb-event.ts';
import { startLoadBalancer } from '../../../local/load-balancer/load-balancer.ts';
import type { LoopbackServer } from '../../../local/loopback-server.ts';
import type { ServedRequest } from '../../../local/stack-event.ts';
import { deploymentOf, exchange } from '../../support/local-stack-fixtures.ts';

let running: LoopbackServer | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

const respond = (response: object): FunctionOutcome => ({
  kind: 'response',
  body: Buffer.from(JSON.stringify(response)),
});
const ok = respond({ statusCode: 200, multiValueHeaders: { 'content-type': ['text/plain'] }, body: 'hi' });

async function start(outcome: FunctionOutcome = ok, changes: Parameters<typeof deploymentOf>[0] = {}) {
  const events: AlbEvent[] = [];
  const requests: ServedRequest[] = [];
  const log: string[] = [];
  const { port, ...rest } = await startLoadBalancer({
    port: 0,
    deployment: deploymentOf(changes),
    invoke: async (event) => {
      events.push(JSON.parse(event) as AlbEvent);
      return outcome;
    },
    onServed: (request) => requests.push(request),
    log: (line) => log.push(line),
  });
  running = { port, ...rest };
  /** Sends a request head (and body) and returns the whole response. */
  const send = (head: string, body = '') =>
    exchange(port, `${head}\r\nHost: localhost\r\nConnection: close\r\n\r\n${body}`);
  return { port, events, requests, log, send };
}

describe('what the function gets', () => {
  test('is the path byte for byte, and the query as sent', async () => {
    const { send, events } = await start();
    await send('GET /api/./a/..//%2e%2E;x?q=%20a+b&q=2 HTTP/1.1');
    expect(events[0]).toMatchObject({
      httpMethod: 'GET',
      path: '/api/./a/..//%2e%2E;x',
      multiValueQueryStringParameters: { q: ['%20a+b', '2'] },
    });
  });

  test('is the path of an absolute-form target', async () => {
    const { send, events } = await start();
    await send('GET http://evil.example/api/x?y HTTP/1.1');
    expect(events[0]).toMatchObject({ path: '/api/x', multiValueHeaders: { host: ['localhost'] } });
  });

  test('is every duplicate header, and the whole of a chunked body', async () => {
    const { send, events } = await start();
    const head = 'POST /api/x HTTP/1.1\r\nAuthorization: a\r\nauthorization: b\r\nContent-Type: text/plain';
    await send(`${head}\r\nTransfer-Encoding: chunked`, '2\r\nab\r\n1\r\nc\r\n0\r\n\r\n');
    expect(events[0]).toMatchObject({ body: 'abc', isBase64Encoded: false });
    expect(events[0]?.multiValueHeaders?.authorization).toEqual(['a', 'b']);
  });
});

describe('what the client gets', () => {
  test('is the response of the function, without a Server header of the load balancer', async () => {
    const { send } = await start();
    const text = await send('GET /api/x HTTP/1.1');
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: text\/plain\r\nContent-Length: 2\r\n/);
    expect(text).toMatch(/\r\n\r\nhi$/);
    expect(text).not.toContain('awselb');
  });

  test.each([204, 304])('has no body at %i', async (statusCode) => {
    const { send } = await start(respond({ statusCode, body: 'x' }));
    const text = await send('GET /api/x HTTP/1.1');
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${statusCode} `));
    expect(text).toMatch(/\r\n\r\n$/);
    expect(text).not.toMatch(/content-length/i);
  });

  test('has the length but no body for HEAD', async () => {
    const { send } = await start();
    const text = await send('HEAD /api/x HTTP/1.1');
    expect(text).toContain('Content-Length: 2\r\n');
    expect(text).toMatch(/\r\n\r\n$/);
  });

  test('is the fixed response of the default action elsewhere', async () => {
    const { send, events } = await start();
    const text = await send('GET /api HTTP/1.1');
    expect(text).toMatch(/^HTTP\/1\.1 404 Not Found\r\nServer: awselb\/2\.0\r\nContent-Type: text\/plain/);
    expect(text).toMatch(/nothing here$/);
    expect(events).toHaveLength(0);
  });
});

describe('the load balancer itself responds to', () => {
  test.each<[string, number, FunctionOutcome]>([
    ['an error of the function', 502, { kind: 'function-error', type: 'Error', body: Buffer.from('{}') }],
    ['a failed init', 502, { kind: 'init-error', type: 'Error', body: Buffer.from('{}') }],
    ['a dead process', 502, { kind: 'exited', exit: { code: 1, signal: null, lastLines: [] } }],
    ['a timeout', 502, { kind: 'timeout', seconds: 30 }],
    ['a malformed response', 502, respond({ statusCode: 'x' })],
    ['a response over 1 MB', 502, respond({ statusCode: 200, body: 'x'.repeat(1024 * 1024) })],
    ['no environment in time', 504, { kind: 'no-environment' }],
  ])('%s with %i', async (_, status, outcome) => {
    const { send, requests } = await start({ ...outcome, invocationId: 'i' } as FunctionOutcome);
    const text = await send('GET /api/x?token=secret HTTP/1.1');
    const failure = expect.stringMatching(/./);
    expect(requests).toMatchObject([{ method: 'GET', path: '/api/x', status, invocationId: 'i', failure }]);
    expect(text).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} [^\\r]+\\r\\nServer: awselb/2\\.0\\r\\nContent-Type: text/html`),
    );
    expect(text).toContain(`<h1>${status} `);
  });

  test('a body over 1 MB with 413, but not to one of exactly 1 MB', async () => {
    const { send, events } = await start();
    const post = (length: number) =>
      send(`POST /api/x HTTP/1.1\r\nContent-Length: ${length}`, 'x'.repeat(length));
    expect(await post(1024 * 1024)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await post(1024 * 1024 + 1)).toMatch(/^HTTP\/1\.1 413 /);
    expect(events).toHaveLength(1);
  });

  const addresses = (count: number) =>
    Array.from({ length: count }, (_, index) => `10.0.0.${index}`).join(', ');
  test.each([
    ['a WebSocket upgrade', 400, 'GET /api/x HTTP/1.1\r\nUpgrade: websocket'],
    ['TRACE', 405, 'TRACE /api/x HTTP/1.1'],
    ['31 forwarded addresses', 463, `GET /api/x HTTP/1.1\r\nX-Forwarded-For: ${addresses(31)}`],
    ['30 forwarded addresses', 200, `GET /api/x HTTP/1.1\r\nX-Forwarded-For: ${addresses(30)}`],
    ['a request line over 16 K', 414, `GET /api/${'x'.repeat(16 * 1024)} HTTP/1.1`],
    ['a header over 16 K', 400, `GET /api/x HTTP/1.1\r\nX-A: ${'x'.repeat(16 * 1024)}`],
    ['headers over 64 K', 400, `GET /api/x HTTP/1.1\r\n${`X-A: ${'x'.repeat(15_000)}\r\n`.repeat(5)}X-B: 1`],
    [
      'headers far over 64 K',
      400,
      `GET /api/x HTTP/1.1\r\n${`X-A: ${'x'.repeat(15_000)}\r\n`.repeat(20)}X-B: 1`,
    ],
    ['a bad request line', 400, 'GET /api/x FTP/1.1'],
    ['both framings at once', 400, 'POST /api/x HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked'],
    ['a header without a colon', 400, 'GET /api/x HTTP/1.1\r\nnonsense'],
    ['CONNECT', 400, 'CONNECT localhost:80 HTTP/1.1'],
  ])('%s with %i', async (_, status, head) => {
    const { send, events } = await start();
    expect(await send(head)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(events).toHaveLength(status === 200 ? 1 : 0);
  });

  test.each([
    [
      'https',
      '\x16\x03\x01\x02\x00',
      'the load balancer returned 400: the client called https, but this port only speaks http',
    ],
    [
      'a malformed request',
      'nonsense\r\n\r\n',
      'the load balancer returned 400: Parse Error: Invalid method encountered',
    ],
    [
      'CONNECT',
      'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
      'the load balancer returned 400: it is not a proxy and does not take CONNECT',
    ],
  ])('%s with 400 and logs why, because no request line can show it', async (_, sent, line) => {
    const { port, log } = await start();
    expect(await exchange(port, sent)).toMatch(/^HTTP\/1\.1 400 /);
    expect(log).toEqual([line]);
  });

  test('HTTP/1.1 without a Host with 400', async () => {
    const { port } = await start();
    expect(await exchange(port, 'GET /api/x HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 /,
    );
  });

  test('a request with a redirect, if that is the action', async () => {
    const parts = { protocol: 'HTTPS', host: '#{host}', port: '443', path: '/#{path}', query: '#{query}' };
    const listener = { rules: [], defaultAction: { type: 'redirect', statusCode: 301, ...parts } as const };
    const { send } = await start(ok, { listener });
    expect(await send('GET /a?b HTTP/1.1')).toMatch(
      /^HTTP\/1\.1 301 [\s\S]*\r\nLocation: https:\/\/localhost:443\/a\?b\r\n/,
    );
  });
});
