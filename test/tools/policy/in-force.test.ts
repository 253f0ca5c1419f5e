import { describe, expect, test } from '@jest/globals';
import { waitInForce } from '../../../tools/policy/in-force.ts';
import { put } from '../../../tools/policy/put.ts';
import { awsFailure, createPolicyWorld, type PolicyWorld, takingKeeper } from './policy-world.ts';

const PUT = [{ name: 'policy', version: 1 }] as const;
const secondsOf = async (world: PolicyWorld, act: () => Promise<unknown>) => {
  const begun = world.now();
  await act();
  return Math.round((world.now() - begun) / 1000);
};

describe('a change is in force', () => {
  test('once the keeper has read it and the refresh time has passed', async () => {
    const world = createPolicyWorld();
    world.keeper = takingKeeper(world);
    const seconds = await secondsOf(world, () => waitInForce(world.session(), PUT));
    expect(seconds).toBe(62);
    expect(world.lines).toEqual([
      'The keeper has read it and accepts it.',
      expect.stringMatching(/^In force in every verifier within 62 seconds, at /),
      expect.stringMatching(/^In force since .* at the latest, 62 seconds after it was put\.$/),
    ]);
  });

  test('without a keeper, after the refresh time', async () => {
    const world = createPolicyWorld();
    expect(await secondsOf(world, () => waitInForce(world.session(), PUT))).toBe(62);
  });

  test('a minute later if the keeper cannot be invoked, with a note that says why', async () => {
    const world = createPolicyWorld();
    world.keeper = () => {
      throw awsFailure('The function Keeper could not be invoked: access denied to lambda:InvokeFunction.');
    };
    expect(await secondsOf(world, () => waitInForce(world.session(), PUT))).toBe(127);
    expect(world.text()).toContain('access denied to lambda:InvokeFunction');
  });

  test('later if the keeper first reads old values', async () => {
    const world = createPolicyWorld();
    let asked = 0;
    world.keeper = () => ({ ...takingKeeper(world)(), versions: { policy: asked++ < 2 ? 0 : 1 } });
    expect(await secondsOf(world, () => waitInForce(world.session(), PUT))).toBe(64);
  });
});

test('reports what the keeper keeps rejecting, with the versions that are still in force', async () => {
  const world = createPolicyWorld();
  world.keeper = () => ({
    versions: { policy: 0, revocations: 1 },
    parametersReadAt: 0,
    refused: ['/app/policy: providers.staff: needs a way out', '/app/revocations: is missing'],
  });
  expect(await waitInForce(world.session(), PUT)).toEqual({
    state: 'refused',
    refused: ['/app/policy: providers.staff: needs a way out'],
    versions: { policy: 0, revocations: 1 },
  });
  expect(world.text()).toContain('in force: policy 0, revocations 1');
});

test('ignores a rejection of values from before the put', async () => {
  const world = createPolicyWorld();
  let asked = 0;
  world.keeper = () => ({
    ...takingKeeper(world)(),
    ...(asked++ < 2 && { versions: { policy: 0 }, refused: ['/app/policy: is not valid'] }),
  });
  expect((await waitInForce(world.session(), PUT)).state).toBe('in-force');
});

test('with --no-wait, and after Ctrl-C, says when it will be in force', async () => {
  const world = createPolicyWorld();
  world.keeper = takingKeeper(world);
  expect((await waitInForce(world.session({ wait: false }), PUT)).state).toBe('pending');
  expect(world.text()).toMatch(/It is put, and will be in force within 62 seconds, at /);
  const session = world.session({ sleep: async () => world.interrupt.abort() });
  expect((await waitInForce(session, PUT)).state).toBe('pending');
});

test('waits for stored values that were put moments ago, perhaps by an interrupted call', async () => {
  const world = createPolicyWorld();
  world.keeper = takingKeeper(world);
  const given = { policy: '{}' };
  expect(await secondsOf(world, () => put(world.session(), { given, ifVersion: {} }))).toBe(62);
  await world.session().sleep(200_000);
  expect(await secondsOf(world, () => put(world.session(), { given, ifVersion: {} }))).toBe(0);
});

test('counts the time from the put, whoever waits', async () => {
  const world = createPolicyWorld();
  world.keeper = takingKeeper(world);
  await world.session().sleep(10_000);
  await put(world.session(), { given: { policy: '{}' }, ifVersion: {} });
  expect(world.text()).toMatch(/^It was put only moments ago, at 2026-11-26 12:00:00 UTC: policy 1\.$/m);
  expect(world.text()).toMatch(/at the latest, 72 seconds after it was put\.$/m);
});
