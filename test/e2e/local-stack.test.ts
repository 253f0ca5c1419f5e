import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEMO } from '../../local/identity/authorization-server.ts';
import { build } from '../../local/lambda/build.ts';
import type { Echo } from '../../local/upstream.ts';
import { givenPorts, startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually, isAlive, temporaryDirectory } from '../support/local-stack-fixtures.ts';

let stack: TestStack;
let token: string;
/** The directory of the rebuilt functions. */
const directory = temporaryDirectory();

beforeAll(async () => {
  stack = await startTestStack({ port: await givenPorts() });
  token = await stack.token();
});
afterAll(async () => {
  const pids = stack.functions.pids();
  await stack.close();
  expect(pids.filter(isAlive)).toEqual([]);
  directory.remove();
});

const statusOf = async (path = '/api/anything') => (await stack.call(path, token)).status;

describe('a request', () => {
  test('without a token is a 401 with a challenge', async () => {
    const response = await stack.call('/api/anything');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="[^"]*"$/);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'token_missing' });
  });

  test('with a token reaches the upstream unchanged, with the identity added', async () => {
    const response = await stack.call('/api/a%20b?q=%2F&q=2', token, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', 'x-jwt-subject': 'root' },
      body: new Uint8Array([0, 255, 10]),
    });
    expect(response.status).toBe(200);
    const echo = (await response.json()) as Echo;
    expect(echo).toMatchObject({
      method: 'POST',
      url: '/api/a%20b?q=%2F&q=2',
      body: Buffer.from([0, 255, 10]).toString('base64'),
      bodyEncoding: 'base64',
      bodyLength: 3,
    });
    expect(echo.headers.filter(([name]) => name.toLowerCase() === 'x-jwt-subject')).toEqual([
      ['x-jwt-subject', DEMO.clientId],
    ]);
  });

  test.each(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'])(
    'with a token signed by %s passes',
    async (alg) => {
      expect((await stack.call('/api/anything', await stack.token({ alg }))).status).toBe(200);
    },
  );

  test('that no rule matches gets the default action', async () => {
    const response = await stack.call('/elsewhere', token);
    expect(response.status).toBe(404);
    expect(response.headers.get('server')).toBe('awselb/2.0');
  });
});

test('another audience takes effect, and so does the old one again', async () => {
  expect(await statusOf()).toBe(200);
  stack.setParameter('audience', 'other');
  await eventually(statusOf, (status) => status === 401);
  stack.setParameter('audience', DEMO.audience);
  await eventually(statusOf, (status) => status === 200);
});

test('rebuilt bundles run from the next request on, in every function', async () => {
  expect(await build(directory.path, new AbortController().signal)).toEqual({ ok: true });
  const before = [...stack.functions.pids(), ...(stack.keeper?.functions.pids() ?? [])];
  stack.replaceCode(directory.path);
  expect(await statusOf()).toBe(200);
  if (stack.keeper) expect(await stack.keeper.invoke()).toMatchObject({ kind: 'response' });
  await eventually(() => before.filter(isAlive), (alive) => alive.length === 0); // biome-ignore format: one line
});

describe('when a part dies', () => {
  test('the function: the request in flight is a 502, the next one works', async () => {
    // An upstream that never responds keeps the request in flight.
    await stack.upstream.close();
    const silent = await startSilentUpstream(stack.upstream.port);
    const inFlight = stack.call('/api/anything', token);
    await silent.reached;
    await stack.functions.kill();
    const lost = await inFlight;
    expect(lost.status).toBe(502);
    expect(lost.headers.get('server')).toBe('awselb/2.0');
    expect(stack.lines.some(({ text }) => text.includes('was ended by SIGKILL'))).toBe(true);
    await silent.close();
    await stack.upstream.restart();
    expect(await statusOf()).toBe(200);
  });

  test('the upstream: the response is a 502 with that code, until it is back', async () => {
    await stack.upstream.close();
    const response = await stack.call('/api/anything', token);
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ code: 'upstream_error' });
    await stack.upstream.restart();
    expect(await statusOf()).toBe(200);
  });

  test('the authorization server: a known key set keeps serving', async () => {
    expect(await statusOf()).toBe(200);
    await stack.authorizationServer.close();
    expect(await statusOf()).toBe(200);
    await stack.authorizationServer.restart();
  });
});

async function startSilentUpstream(port: number) {
  const { createServer } = await import('node:http');
  let reach: () => void = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const server = createServer(() => reach());
  await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve));
  return {
    reached,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
