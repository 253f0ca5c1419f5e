import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { StackOptions } from '../../local/stack.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { type RawResponse, rawCall } from '../support/raw-client.ts';
import { response } from '../support/raw-server.ts';
import { startScriptedStack } from '../support/scripted-stack.ts';
import type { Script, ScriptedUpstream } from '../support/scripted-upstream.ts';

/** If the upstream fails, the caller gets our response in time, before the load balancer sends one of its own. */
let stack: TestStack;
let upstream: ScriptedUpstream;
let bearer: string;
let close: () => Promise<void>;

/** Long enough for a slow machine; the function reserves half a second of it for the response. */
const TIMEOUT_SECONDS = 5;

const optionsOf = (functions: { freeze: boolean }): StackOptions => ({
  functions: { ...functions, maxEnvironments: 8 },
  adjust: (deployment) => ({
    ...deployment,
    lambda: { ...deployment.lambda, timeoutSeconds: TIMEOUT_SECONDS },
  }),
});

beforeAll(async () => {
  ({ stack, upstream, bearer, close } = await startScriptedStack(optionsOf({ freeze: false })));
});
afterAll(() => close());
beforeEach(() => upstream.reset());

const call = (path = '/api/x', method = 'GET', on = stack) =>
  rawCall(on.loadBalancer.port, [`${method} ${path} HTTP/1.1`, bearer]);

/** Expects our own response, not the load balancer's. */
function expectProblem({ status, body, values }: RawResponse, expected: number, code: string): void {
  expect(status).toBe(expected);
  expect(values('server')).toEqual([]);
  expect(values('content-type')).toEqual(['application/problem+json']);
  expect(JSON.parse(body.toString())).toMatchObject({ status: expected, code });
}

const endWith =
  (bytes: string): Script =>
  ({ socket }) =>
    void socket.end(bytes);
const say =
  (bytes: string): Script =>
  ({ write }) =>
    write(bytes);

const UNUSABLE: [string, Script][] = [
  ['closes before the head', endWith('')],
  ['resets before the head', ({ reset }) => reset()],
  ['closes within the head', endWith('HTTP/1.1 200 OK\r\nContent-Le')],
  ['closes after the head', endWith('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n')],
  ['closes within the body', endWith('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')],
  ['closes within a chunk', endWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab')],
  ['closes after an interim response', endWith('HTTP/1.1 100 Continue\r\n\r\n')],
  ['speaks another protocol', say('SSH-2.0-OpenSSH_9.6\r\n')],
  ['sends a bad status line', say('HTTP/1.1 OK 200\r\n\r\n')],
  ['sends a bad length', say('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n')],
  ['sends two lengths', say('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab')],
  [
    'frames its body twice',
    say('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
  ],
];

describe('an upstream that', () => {
  test.each(UNUSABLE)('%s is reported as an error, and the next request works', async (_, script) => {
    upstream.act(script);
    expectProblem(await call(), 502, 'upstream_error');
    upstream.reset();
    for (let i = 0; i < 2; i++) {
      const next = await call();
      expect([next.status, next.body.toString()]).toEqual([200, 'ok']);
    }
  });

  test.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('responds to %s with %i and a body does not affect the next request', async (method, status) => {
    upstream.say(response('evil', { status: `${status} Any` }));
    const received = await call('/api/x', method);
    expect([status, 502]).toContain(received.status);
    expect(received.body.toString()).not.toContain('evil');
    upstream.reset();
    expect((await call()).body.toString()).toBe('ok');
  });

  test('sends an unrequested response does not affect the next request', async () => {
    upstream.say(response('ok') + response('evil'));
    expect((await call()).body.toString()).toBe('ok');
    upstream.reset();
    expect((await call()).body.toString()).toBe('ok');
  });

  test('takes too long is reported before the function times out, and the next request works', async () => {
    const scripts: Readonly<Record<string, Script>> = {
      '/api/never': () => {},
      '/api/half-a-head': say('HTTP/1.1 200 OK\r\n'),
      '/api/half-a-body': say('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
      '/api/interim': say('HTTP/1.1 100 Continue\r\n\r\n'),
      '/api/drips': ({ socket, write }) => {
        write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n');
        const timer = setInterval(() => write('x'), 20);
        socket.on('close', () => clearInterval(timer));
      },
    };
    upstream.act((connection, request) => {
      const [, path = ''] = request.toString('latin1').split(' ');
      return (scripts[path] as Script)(connection, request);
    });
    const responses = await Promise.all(Object.keys(scripts).map((path) => call(path)));
    for (const response of responses) expectProblem(response, 504, 'upstream_timeout');
    const pids = stack.functions.pids();
    upstream.reset();
    expect((await call()).status).toBe(200);
    // The function itself did not time out: that would have ended its process.
    expect(stack.functions.pids()).toEqual(pids);
  });
});

describe('a kept-alive connection that dies while the function is frozen', () => {
  let frozen: TestStack;
  beforeAll(async () => {
    frozen = await startTestStack(optionsOf({ freeze: true }));
    frozen.setParameter('upstream', upstream.url.origin);
    await frozen.settle();
    bearer = `Authorization: Bearer ${await frozen.token()}`;
  });
  afterAll(() => frozen.close());

  /** Leaves the frozen function with a dead connection that it does not know is dead. */
  const leaveDeadConnection = async () => {
    upstream.reset();
    const dying = new Set<number>();
    upstream.act((connection) => {
      if (dying.has(connection.number)) return connection.reset();
      dying.add(connection.number);
      return connection.write(response('ok'));
    });
    expect((await call('/api/x', 'GET', frozen)).status).toBe(200);
    const [, ...others] = frozen.functions.pids();
    expect(others).toEqual([]);
  };

  test('is replaced for a GET', async () => {
    await leaveDeadConnection();
    expect((await call('/api/x', 'GET', frozen)).status).toBe(200);
    expect(upstream.requests).toHaveLength(3);
  });

  test('fails a POST, which may already have taken effect and is not sent twice', async () => {
    await leaveDeadConnection();
    expectProblem(await call('/api/x', 'POST', frozen), 502, 'upstream_error');
    expect(upstream.requests).toHaveLength(2);
    upstream.reset();
    expect((await call('/api/x', 'POST', frozen)).status).toBe(200);
  });

  test('that was closed properly causes an error at worst, and never sends a request twice', async () => {
    upstream.act(({ socket, write }) => {
      write(response('ok'));
      setTimeout(() => socket.end(), 50);
    });
    await call('/api/x', 'GET', frozen);
    upstream.requests.length = 0;
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { status } = await call('/api/x', 'POST', frozen);
    expect([200, 502]).toContain(status);
    // A half-closed socket may still accept a request that gets no response.
    if (status === 200) expect(upstream.requests).toHaveLength(1);
    else expect(upstream.requests.length).toBeLessThanOrEqual(1);
  });
});
