import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Ssm } from '../../../local/ssm/server.ts';
import { takeEndpoint } from '../../../tools/parameters.ts';
import { createPolicyStore, type PolicyStore } from '../../../tools/policy/store.ts';
import { startParameters } from '../tool-fixtures.ts';

let ssm: Ssm;
let store: PolicyStore;
beforeAll(async () => {
  ssm = await startParameters({});
  store = createPolicyStore('/app', takeEndpoint({ endpointUrl: ssm.origin, region: undefined }));
});
afterAll(() => ssm.close());

const next = (value: string) => ({ value, description: `with ${value}`, isFirst: false });

test('finds every version across pages, and each value by its version', async () => {
  for (let version = 2; version <= 60; version++) {
    expect(await store.put('upstream', next(`https://v${version}.example`))).toBe(version);
  }
  const history = await store.history('upstream');
  expect(history.map(({ version }) => version)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  expect(history.at(-1)).toMatchObject({
    value: 'https://v60.example',
    description: 'with https://v60.example',
  });
  const some = Array.from({ length: 12 }, (_, index) => index + 2);
  const values = await store.valuesOf('upstream', some);
  expect([...values.keys()].sort((a, b) => a - b)).toEqual(some);
  expect(values.get(3)).toBe('https://v3.example');
});

test('creates a first version with its type, and never overwrites one', async () => {
  ssm.execute('DeleteParameter', { Name: '/app/audience' });
  expect(await store.put('audience', { value: 'a,b', description: '', isFirst: true })).toBe(1);
  await expect(store.put('audience', { value: 'c', description: '', isFirst: true })).rejects.toThrow(
    /^\/app\/audience could not be put: .*already exists/,
  );
  expect((await store.read()).audience).toMatchObject({ value: 'a,b', version: 1 });
});

test.each([
  ['GetParameters', 'The parameters under /app could not be read: ', () => store.read()],
  [
    'GetParameterHistory',
    'The history of /app/policy could not be read: there were too many calls',
    () => store.history('policy'),
  ],
  [
    'PutParameter',
    '/app/policy could not be put: there were too many calls',
    () => store.put('policy', next('{}')),
  ],
])('reports a failure of %s in one line', async (operation, message, act) => {
  ssm.setFault('throttle', { operations: [operation] });
  await expect(act()).rejects.toThrow(message);
  ssm.setFault(undefined);
});
