import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Changes, SendRequest, Sent, StackState } from '../../local/playground/contract.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { testAssembly } from '../support/assembly.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually } from '../support/local-stack-fixtures.ts';
import { SEND_REQUEST } from '../support/send-request.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ authorizer: 'http' });
});
afterAll(() => stack.close());

async function call<T>(name: string, body?: object, at: Pick<Stack, 'urls'> = stack): Promise<T> {
  const response = await fetch(`${at.urls.playground}/api/${name}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'x-playground': '1' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as T;
}

const token = async (changes: object = {}) => {
  const request = { scope: 'read', audience: '', lifetime: 60, ...changes };
  return (await call<{ token: string }>('token', request)).token;
};

const send = (changes: Partial<SendRequest> = {}, at: Pick<Stack, 'urls'> = stack) =>
  call<Sent>('send', { ...SEND_REQUEST, ...changes }, at);

const put = async (name: string, value: string) => {
  await call('parameter', { name, value });
  await eventually(
    () => call<Changes>('changes'),
    ({ changes }) => changes.find((change) => change.name === name)?.inForceAt !== undefined,
  );
};

/** The names of the stages that do not pass. */
const failing = ({ explained }: Sent) =>
  explained.kind === 'explained'
    ? explained.explanation.steps.filter(({ outcome }) => outcome === 'fail').map(({ name }) => name)
    : explained.problems;

test('the state of the stack has its parameters and a path that a listener rule matches', async () => {
  const state = await call<StackState>('stack');
  expect(state).toMatchObject({
    loadBalancer: stack.urls.loadBalancer,
    api: stack.urls.api,
    example: { path: '/api/anything' },
    outage: false,
  });
  expect(state.parameters.map(({ name }) => name)).toEqual(['issuer', 'audience', 'jwks-uri', 'upstream', 'policy', 'revocations']); // biome-ignore format: one line
});

describe('a request', () => {
  test('that is allowed shows the log line, the stages and what the upstream received', async () => {
    const sent = await send({ token: await token() });
    expect(sent).toMatchObject({
      answer: { status: 200 },
      logged: { line: { code: 'allowed', requestId: sent.requestId } },
      received: { method: 'GET', url: '/api/x' },
    });
    expect(sent.difference).toBeUndefined();
    expect(failing(sent)).toEqual([]);
    expect(sent.received?.headers).toContainEqual(['x-jwt-subject', 'demo-client']);
  });

  test.each([
    ['without a token', {}, 'token_missing', ['extract']],
    ['with an expired token', { lifetime: -60 }, 'token_expired', ['times']],
    ['with a token for another audience', { audience: 'other' }, 'audience_mismatch', ['audience']],
  ] as const)(
    '%s is rejected with the code in the log, and the same stage fails',
    async (_, changes, code, stages) => {
      // biome-ignore format: one line
      const sent = await send({ token: Object.keys(changes).length === 0 ? '' : await token(changes) });
      expect(sent).toMatchObject({ answer: { status: 401 }, logged: { line: { code }, meaning: { code } } });
      expect([failing(sent), sent.difference, sent.received]).toEqual([stages, undefined, undefined]);
    },
  );

  test('through the API is decided by the authorizer, and found in its log', async () => {
    const sent = await send({ through: 'api', token: await token() });
    expect(sent).toMatchObject({ answer: { status: 200 }, logged: { line: { code: 'allowed' } } });
    const rejected = await send({ through: 'api', token: await token({ audience: 'other' }) });
    expect(rejected).toMatchObject({
      answer: { status: 401 },
      logged: { line: { code: 'audience_mismatch' } },
    });
    expect([rejected.difference, failing(rejected)]).toEqual([undefined, ['audience']]);
  });

  test('that no listener rule matches has no decision', async () => {
    const sent = await send({ target: '/elsewhere' });
    expect([sent.answer.status, sent.requestId, sent.logged]).toEqual([404, undefined, undefined]);
  });

  test('carries the token in the chosen place', async () => {
    const sent = await send({ token: await token(), carrier: 'cookie:session' });
    expect(sent.request.headers).toContainEqual(['cookie', expect.stringMatching(/^session=ey/)]);
    expect(sent).toMatchObject({ answer: { status: 401 }, logged: { line: { code: 'token_missing' } } });
    expect(sent.difference).toBeUndefined();
    expect(await send({ token: 'x', carrier: 'no place' })).toEqual({ error: expect.stringMatching(/^"no place" is not a place for a token: use HEADER/) }); // biome-ignore format: one line
  });

  test.each([
    ['quotes around it', (good: string) => `"${good}"`],
    ['a scheme before it', (good: string) => `Bearer ${good}`],
    [
      'a curl command around it',
      (good: string) => `curl -H 'Authorization: Bearer ${good}' http://localhost/api/x`,
    ],
    ['a token response around it', (good: string) => JSON.stringify({ access_token: good })],
  ] as const)(
    'is explained as it was sent, not as somebody may have meant it, if the token has %s',
    async (_, clothe) => {
      const sent = await send({ token: clothe(await token()) });
      expect(sent.answer.status).toBe(401);
      expect([sent.explained.kind, sent.difference]).toEqual(['explained', undefined]);
    },
  );

  test('is explained as the load balancer passes it on, without the fields that it drops', async () => {
    const sent = await send({ token: await token(), carrier: 'X_Token' });
    expect(sent).toMatchObject({ logged: { line: { code: 'token_missing' } } });
    expect([failing(sent), sent.difference]).toEqual([['extract'], undefined]);
  });

  test("of a browser's preflight is explained as the authorizer of an API sees it", async () => {
    await put('policy', JSON.stringify({ cors: { origins: ['https://app.example'] } }));
    const headers = [['Origin', 'https://app.example'], ['Access-Control-Request-Method', 'PUT']] as const; // biome-ignore format: one line
    for (const through of ['load-balancer', 'api'] as const) {
      const sent = await send({ through, method: 'OPTIONS', headers });
      expect([through, sent.difference]).toEqual([through, undefined]);
    }
    await put('policy', '{}');
  });

  test('only ever goes to the stack, whatever its path and Host', async () => {
    for (const target of ['//upstream.invalid/api/x', '/\\upstream.invalid']) {
      expect((await send({ target })).answer.status).toBe(404);
    }
    expect((await send({ headers: [['Host', 'upstream.invalid']] })).answer.status).toBe(401);
  });

  test('is explained with the values that were in force, not with later ones', async () => {
    const good = await token();
    await put('audience', 'other');
    await call('parameter', { name: 'audience', value: 'api.example.com' });
    const sent = await send({ token: good });
    const { logged, difference } = sent;
    expect(difference).toBeUndefined();
    expect(failing(sent)).toEqual(logged?.line.code === 'allowed' ? [] : ['audience']);
    await put('audience', 'api.example.com');
  });

  test('whose path has several readings shows the route for each', async () => {
    await put('policy', JSON.stringify({ routes: [{ path: '/api/admin/*', scopes: ['admin'] }] }));
    const { explained, logged } = await send({ target: '/api/Admin/x', token: await token() });
    expect(logged?.line.code).toBe('path_invalid');
    const readings = explained.kind === 'explained' ? explained.readings : [];
    expect(readings).toEqual([
      { text: '/api/Admin/x', steps: [], comesTo: 'no route', same: true },
      { text: '/api/admin/x', steps: ['fold'], comesTo: 'the route /api/admin/*', same: false },
    ]);
    await put('policy', '{}');
  });
});

test('an invalid policy never comes into force, and does not delay a revocation', async () => {
  const good = await token();
  await call('parameter', { name: 'policy', value: '{"routes":1}' });
  await put(
    'revocations',
    JSON.stringify({ [stack.urls.authorizationServer]: { client_id: ['demo-client'] } }),
  );
  const sent = await send({ token: good });
  expect(sent).toMatchObject({ answer: { status: 401 }, logged: { line: { code: 'token_revoked' } } });
  expect([failing(sent), sent.difference]).toEqual([['revocations'], undefined]);
  const { changes } = await call<Changes>('changes');
  expect(changes.find(({ name }) => name === 'policy')?.inForceAt).toBeUndefined();
  await put('policy', '{}');
  await put('revocations', '{}');
});

test('in an outage the stages use the keys known before, as the function does', async () => {
  const good = await token();
  await send({ token: good });
  expect(await call<StackState>('outage', { on: true })).toMatchObject({ outage: true });
  expect(await call('token', { scope: 'read', audience: '', lifetime: 60 })).toEqual({
    error: 'The authorization server is down. End the outage first.',
  });
  const sent = await send({ token: good });
  expect([sent.answer.status, sent.difference, failing(sent)]).toEqual([200, undefined, []]);
  await call('outage', { on: false });
});

test('after a rotation the function still uses the old keys, and the difference is reported', async () => {
  const good = await token();
  await send({ token: good });
  await call('rotation', {});
  const sent = await send({ token: good });
  expect(sent).toMatchObject({
    answer: { status: 200 },
    difference: { decided: 'allowed', explained: 'key_unknown' },
  });
});

test('explain sees the header of a service that signs requests, as the function does', async () => {
  const signed = await startTestStack({ as: 'verified-access' });
  try {
    for (const [target, code] of [
      ['/api/admin/x', 'allowed'],
      ['/api/x', 'token_missing'],
    ] as const) {
      const sent = await send({ target }, signed);
      expect([sent.logged?.line.code, sent.difference]).toEqual([code, undefined]);
    }
  } finally {
    await signed.close();
  }
});

test('with another issuer and upstream, there is no authorization server to break and no upstream to show', async () => {
  const issuer = stack.urls.authorizationServer;
  const provider = { issuer: issuer ?? '', audience: ['api.example.com'] };
  const other = await startStack({
    port: 0,
    assembly: await testAssembly({}),
    keeper: false,
    provider,
    upstream: `${stack.urls.upstream}/base`,
  });
  try {
    const state = await call<StackState>('stack', undefined, other);
    expect([state.authorizationServer, state.upstreamTells]).toEqual([undefined, false]);
    for (const [name, body] of [
      ['token', { scope: '', audience: '', lifetime: 60 }],
      ['outage', { on: true }],
      ['rotation', {}],
    ] as const) {
      // biome-ignore format: one line
      expect(await call(name, body, other)).toEqual({
        error: 'The stack has no authorization server: it accepts the tokens of the issuer in --issuer.',
      });
    }
    const sent = await send({ token: await token() }, other);
    expect(sent).toMatchObject({
      answer: { status: 200 },
      explained: { explanation: { upstream: { destination: stack.urls.upstream, path: '/base/api/x' } } },
    });
    expect([sent.difference, sent.received]).toEqual([undefined, undefined]);
  } finally {
    await other.close();
  }
});

test('checking what is in force sends nothing to the load balancer', async () => {
  const before = stack.events.length;
  await put('audience', 'api.example.com');
  const served = stack.events.slice(before).filter(({ part, kind }) => part === 'alb' && kind === 'request');
  expect(served).toEqual([]);
});
