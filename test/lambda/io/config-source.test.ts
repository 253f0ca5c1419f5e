import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ParameterName } from '../../../lambda/contract.ts';
import type { Problem } from '../../../lambda/core/config/problems.ts';
import { createConfigSource } from '../../../lambda/io/config-source.ts';
import { createFindConfig } from '../../../lambda/io/find-config.ts';
import { readingOf } from '../../support/reading.ts';

const GOOD: Record<ParameterName, string> = {
  issuer: 'https://i.example',
  audience: 'api',
  'jwks-uri': 'https://i.example/jwks',
  upstream: 'whoami',
  policy: '{}',
  revocations: '{}',
};
const REFRESH_MS = 60_000;

/** A configuration source in a world of its own: a store to edit, and a clock to set. */
function createStore() {
  const values: Partial<Record<ParameterName, string>> = { ...GOOD };
  const versions = Object.fromEntries(Object.keys(GOOD).map((name) => [name, 1])) as Record<
    ParameterName,
    number
  >;
  const loaded: string[] = [];
  const rejected: { problems: readonly Problem[]; inForce: string | undefined }[] = [];
  let now = 0;
  const { config: lookUp } = createConfigSource({
    findConfig: createFindConfig({
      readParameters: async () => readingOf(values, versions),
      now: () => now,
      wait: () => new Promise(() => {}),
      onFailure: () => {},
    }),
    refreshSeconds: REFRESH_MS / 1000,
    now: () => now,
    events: {
      configRead: () => {},
      configLoaded: ({ version }) => void loaded.push(version),
      configRejected: (_, problems, inForce) => void rejected.push({ problems, inForce }),
      configFailed: () => {},
    },
  });
  return {
    loaded,
    rejected,
    put(name: ParameterName, value: string) {
      values[name] = value;
      versions[name] += 1;
    },
    async refreshed() {
      now += REFRESH_MS;
      const lookup = await lookUp();
      return lookup.kind === 'config' ? lookup.config : undefined;
    },
  };
}

const revoking = (sub: string) => JSON.stringify({ 'https://i.example': { sub: [sub] } });

test('a revocation takes effect although the policy has a mistake', async () => {
  const store = createStore();
  const before = await store.refreshed();
  store.put('policy', '{"rutes":[]}');
  store.put('revocations', revoking('mallory'));
  const after = await store.refreshed();
  expect(after?.revocations.get('https://i.example')?.sub).toEqual(new Set(['mallory']));
  expect(after?.judgePath).toBe(before?.judgePath);
  expect(after?.version).toBe('1.1.1.1.1.2');
  expect(store.rejected).toEqual([
    { problems: [expect.objectContaining({ parameter: 'policy' })], inForce: '1.1.1.1.1.2' },
  ]);
});

test('a policy takes effect although the revocations have a mistake, and their last good ones stay', async () => {
  const store = createStore();
  store.put('revocations', revoking('mallory'));
  await store.refreshed();
  store.put('revocations', '{');
  store.put('policy', '{"routes":[{"path":"/api/a"}]}');
  const after = await store.refreshed();
  expect(after?.hasRoutes).toBe(true);
  expect(after?.revocations.get('https://i.example')?.sub).toEqual(new Set(['mallory']));
  expect(after?.version).toBe('1.1.1.1.2.2');
});

test('on a cold start, good halves that appear one after the other make a configuration', async () => {
  const store = createStore();
  store.put('revocations', '[]');
  expect(await store.refreshed()).toBeUndefined();
  store.put('policy', '{');
  store.put('revocations', revoking('mallory'));
  expect(await store.refreshed()).toMatchObject({ version: '1.1.1.1.1.3', hasRoutes: false });
});

test('a mistake that returns is reported again', async () => {
  const store = createStore();
  for (const policy of ['{', '{}', '{']) {
    store.put('policy', policy);
    await store.refreshed();
  }
  expect(store.rejected).toHaveLength(2);
});

test('a refresh that brings nothing new makes no new configuration', async () => {
  const store = createStore();
  for (let i = 0; i < 3; i++) await store.refreshed();
  expect(store.loaded).toEqual(['1.1.1.1.1.1']);
});

test('another revocation leaves providers and routes as they are, and so the remembered tokens', async () => {
  const store = createStore();
  const before = await store.refreshed();
  store.put('revocations', revoking('mallory'));
  const after = await store.refreshed();
  expect(after?.providers).toBe(before?.providers);
});

test('an unchanged value that is put again is another version of the same configuration', async () => {
  const store = createStore();
  const before = await store.refreshed();
  store.put('issuer', GOOD.issuer);
  const after = await store.refreshed();
  expect([before?.version, after?.version]).toEqual(['1.1.1.1.1.1', '2.1.1.1.1.1']);
  expect(after?.providers).toBe(before?.providers);
});

test.each([
  ['uses the policy before one with an unknown member', ['{"soon":1}', '{"preserveHost":true}'], 'config'],
  ['has no configuration if both have one', ['{"later":1}', '{"soon":1}'], 'unavailable'],
])('a new environment of an earlier release %s', async (_, policies, kind) => {
  // What the keeper of the later release has left in the snapshot, newest first.
  const access = policies.map((policy, index) =>
    readingOf({ ...GOOD, policy }, { policy: policies.length - index }),
  );
  const { config } = createConfigSource({
    findConfig: async () => ({ readings: { access, revocations: [readingOf(GOOD)] }, readAt: 0 }),
    refreshSeconds: 60,
    now: () => 0,
    events: { configRead() {}, configLoaded() {}, configRejected() {}, configFailed() {} },
  });
  const lookup = await config();
  expect(lookup.kind).toBe(kind);
  if (lookup.kind === 'config') expect(lookup.config.version).toBe('1.1.1.1.1.1');
});

test('whatever is put in whatever order: the last good value of each unit is in force, and none before both have one', async () => {
  const values: [ParameterName, string, boolean][] = [
    ['policy', '{}', true],
    ['policy', '{"routes":[{"path":"/api/a"}]}', true],
    ['policy', '{', false],
    ['audience', 'a,b', true],
    ['audience', ',', false],
    ['revocations', revoking('x'), true],
    ['revocations', revoking('y'), true],
    ['revocations', '[]', false],
  ];
  const step = fc.constantFrom(...values);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { maxLength: 3 }), { maxLength: 8 }), async (rounds) => {
      const store = createStore();
      const stored = new Map<ParameterName, [string, boolean]>();
      let access: { audience: string; policy: string } | undefined;
      let revocations: string | undefined;
      for (const puts of rounds) {
        for (const [name, value, good] of puts) {
          store.put(name, value);
          stored.set(name, [value, good]);
        }
        const read = (name: 'audience' | 'policy' | 'revocations') =>
          stored.get(name) ?? ([GOOD[name], true] as const);
        if (read('audience')[1] && read('policy')[1])
          access = { audience: read('audience')[0], policy: read('policy')[0] };
        if (read('revocations')[1]) revocations = read('revocations')[0];
        const config = await store.refreshed();
        if (access === undefined || revocations === undefined) {
          expect(config).toBeUndefined();
          continue;
        }
        expect(config?.providers[0]).toMatchObject({ audience: access.audience.split(',') });
        expect(config?.hasRoutes).toBe(access.policy !== '{}');
        expect([...(config?.revocations.get('https://i.example')?.sub ?? [])].join()).toBe(
          Object.values(JSON.parse(revocations) as Record<string, { sub: string[] }>)[0]?.sub.join() ?? '',
        );
      }
    }),
    { numRuns: 300 },
  );
});
