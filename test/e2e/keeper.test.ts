import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Snapshot } from '../../lambda/core/snapshot/snapshot.ts';
import { SNAPSHOT } from '../../local/keeper/keeper.ts';
import { createKey } from '../support/keys.ts';
import { givenPorts, startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually } from '../support/local-stack-fixtures.ts';

/** Long enough for the keeper, which runs every 5 s, on a slow machine. */
const MAX_SNAPSHOT_SECONDS = 25;

let stack: TestStack;
let token: string;
let ssmRequests = 0;

beforeAll(async () => {
  stack = await startTestStack({
    port: await givenPorts(),
    keeper: true,
    functions: { maxEnvironments: 1 },
    environment: { MAX_SNAPSHOT_SECONDS: String(MAX_SNAPSHOT_SECONDS) },
    onSsmRequest: (operation) => {
      if (operation === 'GetParameters') ssmRequests += 1;
    },
  });
  token = await stack.token();
});
afterAll(() => stack.close());

beforeEach(async () => {
  stack.s3?.setFault(undefined);
  stack.ssm.setFault(undefined);
  stack.keeper?.dropEvents(false);
  stack.setParameter('policy', '{}');
  stack.setParameter('revocations', '{}');
  stack.setParameter('jwks-uri', 'discover');
  // One run replaces what the previous test left; runs that its parameters requested come after it.
  await stack.keeper?.invoke();
  stack.keeper?.resume();
  await cold();
  await eventually(() => statusOf(token), (status) => status === 200); // biome-ignore format: one line
});

const cold = () => stack.functions.kill();
const statusOf = async (bearer: string, path = '/api/anything') => (await stack.call(path, bearer)).status;
const linesSince = (count: number) => stack.lines.slice(count).map(({ text }) => text);
const issuer = () => stack.urls.authorizationServer;

function snapshot(): Snapshot {
  const stored = stack.s3?.store.get(SNAPSHOT.bucket, SNAPSHOT.key);
  return JSON.parse(String(stored?.bytes)) as Snapshot;
}
/** Replaces the keeper's snapshot, and pauses the keeper so that it does not overwrite it. */
async function replaceSnapshot(change: (snapshot: Snapshot) => unknown): Promise<void> {
  await stack.keeper?.pause();
  const next = change(snapshot());
  replaceBody(Buffer.from(typeof next === 'string' ? next : JSON.stringify(next)));
}
function replaceBody(body: Buffer): void {
  stack.s3?.store.put(SNAPSHOT.bucket, SNAPSHOT.key, body);
}
const aged = (seconds: number) => (current: Snapshot) => ({
  ...current,
  parametersReadAt: current.parametersReadAt - seconds,
});

describe('a cold start with a fresh snapshot', () => {
  test('calls neither SSM nor the issuer', async () => {
    await stack.keeper?.pause();
    await cold();
    ssmRequests = 0;
    const before = stack.lines.length;
    expect(await statusOf(token)).toBe(200);
    expect(ssmRequests).toBe(0);
    expect(
      linesSince(before).filter((text) => /jwks|well-known/.test(text) && text.startsWith('GET')),
    ).toEqual([]);
  });

  test('accepts a token while its issuer is down, with keys fetched ten minutes ago', async () => {
    await replaceSnapshot((current) => ({
      ...current,
      keySets: current.keySets.map((set) => ({ ...set, fetchedAt: set.fetchedAt - 600 })),
    }));
    await stack.authorizationServer.close();
    try {
      await cold();
      expect(await statusOf(token)).toBe(200);
    } finally {
      await stack.authorizationServer.restart();
    }
  });

  test('accepts no token with keys fetched five hours ago', async () => {
    await replaceSnapshot((current) => ({
      ...current,
      keySets: current.keySets.map((set) => ({ ...set, fetchedAt: set.fetchedAt - 5 * 3600 })),
    }));
    await stack.authorizationServer.close();
    try {
      await cold();
      const response = await stack.call('/api/anything', token);
      expect([response.status, await response.json()]).toEqual([
        503,
        expect.objectContaining({ code: 'keys_unavailable' }),
      ]);
    } finally {
      await stack.authorizationServer.restart();
    }
  });
});

describe('an invalid value, with new environments only', () => {
  test('leaves the last good policy in force, does not block a later revocation, and is logged', async () => {
    stack.setParameter(
      'policy',
      JSON.stringify({ routes: [{ path: '/api/reports/*', scopes: ['reports:read'] }] }),
    );
    await eventually(() => statusOf(token, '/api/reports/1'), (status) => status === 403); // biome-ignore format: one line
    stack.setParameter('policy', '{"rutes":[]}');
    await stack.keeper?.invoke();
    await cold();
    const before = stack.lines.length;
    expect(await statusOf(token, '/api/reports/1')).toBe(403);
    expect(await statusOf(token)).toBe(200);
    expect(linesSince(before).find((text) => text.includes('configuration rejected'))).toMatch(
      /the last valid values stay in force.*\/policy: rutes/,
    );
    stack.setParameter('revocations', JSON.stringify({ [issuer()]: { sub: ['demo-client'] } }));
    await eventually(() => statusOf(token), (status) => status === 401); // biome-ignore format: one line
    await cold();
    expect(await statusOf(token)).toBe(401);
  });

  test('leaves it in force even if the snapshot is older than any bound, because SSM has responded', async () => {
    stack.setParameter('policy', '{"rutes":[]}');
    await stack.keeper?.invoke();
    await replaceSnapshot(aged(30 * 24 * 3600));
    await cold();
    expect(await statusOf(token)).toBe(200);
  });
});

describe('the keeper', () => {
  test('that stops makes the verifiers read SSM, which one line reports', async () => {
    await replaceSnapshot(aged(MAX_SNAPSHOT_SECONDS - 4));
    const before = stack.lines.length;
    ssmRequests = 0;
    await eventually(async () => (await statusOf(token)) && ssmRequests, (count) => count > 1); // biome-ignore format: one line
    stack.setParameter('audience', 'other.example');
    await eventually(() => statusOf(token), (status) => status === 401); // biome-ignore format: one line
    stack.setParameter('audience', 'api.example.com');
    await eventually(() => statusOf(token), (status) => status === 200); // biome-ignore format: one line
    expect(linesSince(before).filter((text) => text.includes('there is no fresh snapshot'))).toHaveLength(1);
  });

  test('that missed an event finds the change at its next run', async () => {
    stack.keeper?.dropEvents(true);
    stack.setParameter('revocations', JSON.stringify({ [issuer()]: { sub: ['demo-client'] } }));
    await eventually(() => statusOf(token), (status) => status === 401); // biome-ignore format: one line
  });

  test('loses nothing in parallel runs', async () => {
    for (let round = 0; round < 5; round++) {
      stack.setParameter('revocations', JSON.stringify({ [issuer()]: { jti: [`token-${round}`] } }));
      await Promise.all(Array.from({ length: 3 }, () => stack.keeper?.invoke()));
      expect(snapshot().revocations[0]?.parameters.revocations?.value).toContain(`token-${round}`);
    }
  });

  test('keeps the last good value of a deleted parameter, and uses the value when it is created again', async () => {
    const name = stack.parameterName('revocations');
    stack.setParameter('revocations', JSON.stringify({ [issuer()]: { sub: ['demo-client'] } }));
    await eventually(() => statusOf(token), (status) => status === 401); // biome-ignore format: one line
    stack.ssm.execute('DeleteParameter', { Name: name });
    await stack.keeper?.invoke();
    await cold();
    expect(await statusOf(token)).toBe(401);
    stack.ssm.execute('PutParameter', { Name: name, Value: '{}', Type: 'String' });
    await eventually(() => statusOf(token), (status) => status === 200); // biome-ignore format: one line
    await cold();
    expect(await statusOf(token)).toBe(200);
  });

  test('reports what is in force and what it rejects', async () => {
    stack.setParameter('policy', '{');
    const outcome = await stack.keeper?.invoke();
    expect(outcome?.kind === 'response' && JSON.parse(String(outcome.body))).toMatchObject({
      versions: { issuer: expect.any(Number), revocations: expect.any(Number) },
      parametersReadAt: expect.any(Number),
      refused: [expect.stringMatching(/\/policy: /)],
    });
  });
});

describe('S3 and SSM', () => {
  const outages: readonly [string, () => unknown][] = [
    ['S3 says 403', () => stack.s3?.setFault('denied')],
    ['S3 hangs', () => stack.s3?.setFault('hang')],
    ['S3 asks to slow down', () => stack.s3?.setFault('slow-down')],
    [
      'the object is missing and the role may not list',
      async () => {
        stack.s3?.setMayList(false);
        await stack.keeper?.pause();
        stack.s3?.store.delete(SNAPSHOT.bucket, SNAPSHOT.key);
      },
    ],
    ['SSM throttles', () => stack.ssm.setFault('throttle')],
    ['SSM hangs', () => stack.ssm.setFault('hang')],
  ];
  test.each(outages)('if %s: the next requests are served, cold and warm', async (_, begin) => {
    await begin();
    for (let i = 0; i < 3; i++) {
      expect(await statusOf(token)).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    await cold();
    expect(await statusOf(token)).toBe(200);
    stack.s3?.setMayList(true);
  });

  test('if both are down, a warm environment continues and a cold one responds with 503', async () => {
    stack.s3?.setFault('denied');
    stack.ssm.setFault('throttle');
    for (let i = 0; i < 3; i++) {
      expect(await statusOf(token)).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    await cold();
    const response = await stack.call('/api/anything', token);
    expect([response.status, await response.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'config_unavailable' }),
    ]);
  });

  test.each([
    [3, 200],
    [5, 503],
  ])('if SSM is down and the snapshot is %i hours old, a cold start is a %i', async (hours, status) => {
    await replaceSnapshot(aged(hours * 3600));
    stack.ssm.setFault('throttle');
    await cold();
    expect(await statusOf(token)).toBe(status);
  });
});

describe('the function ignores and logs an implausible snapshot, and uses SSM and live keys:', () => {
  const other = createKey('ES256', 'theirs');
  const cases: readonly [string, (current: Snapshot) => unknown, string][] = [
    ['a truncated one', (current) => JSON.stringify(current).slice(0, -20), 'not JSON'],
    ['one of another format', () => ({ version: 7 }), 'does not match the schema'],
    [
      'one from the future',
      (current) => ({ ...current, parametersReadAt: current.parametersReadAt + 3600 }),
      'from the future',
    ],
    ['one of other parameters', (current) => ({ ...current, path: '/other' }), 'under a path other than'],
    [
      'one with a private key',
      (current) => ({
        ...current,
        keySets: current.keySets.map((set) => ({ ...set, keys: [{ ...other.jwk, d: 'AAAA' }] })),
      }),
      'keySets.0.keys',
    ],
    ['one of 10 MB', () => `{"x":"${'x'.repeat(10_000_000)}"}`, 'over 1048576 bytes'],
    [
      'one whose values are not strings',
      (current) => ({ ...current, access: [{ parameters: { issuer: 1 } }] }),
      'access.0',
    ],
  ];
  test.each(cases)('%s', async (_, change, reason) => {
    await replaceSnapshot(change);
    await cold();
    const before = stack.lines.length;
    ssmRequests = 0;
    expect(await statusOf(token)).toBe(200);
    expect(ssmRequests).toBe(1);
    expect(linesSince(before).find((text) => text.includes('the snapshot could not be read'))).toContain(
      reason,
    );
  });

  test('keys of another issuer verify nothing, and the function fetches the right ones', async () => {
    await replaceSnapshot((current) => ({
      ...current,
      keySets: current.keySets.map((set) => ({ ...set, issuers: ['https://other.example'] })),
    }));
    await cold();
    expect(await statusOf(token)).toBe(200);
  });

  test("last month's snapshot does not undo anything in a warm environment", async () => {
    const past = snapshot();
    stack.setParameter('revocations', JSON.stringify({ [issuer()]: { sub: ['demo-client'] } }));
    await eventually(() => statusOf(token), (status) => status === 401); // biome-ignore format: one line
    await replaceSnapshot(() => past);
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(await statusOf(token)).toBe(401);
    }
  });
});
