import { describe, expect, test } from '@jest/globals';
import { utc } from '../../../tools/explain/format.ts';
import { put } from '../../../tools/policy/put.ts';
import { rollback } from '../../../tools/policy/rollback.ts';
import { parseDestination } from '../../../tools/policy/rollback-target.ts';
import { createPolicyWorld, ISSUER, type PolicyWorld } from './policy-world.ts';

const denying = (path: string) => JSON.stringify({ unmatched: 'deny', routes: [{ path, scopes: ['a'] }] });
const back = (world: PolicyWorld, ...to: string[]) =>
  rollback(world.session(), { to: parseDestination(to, world.now()), ifVersion: {} });
const putAll = (world: PolicyWorld, given: object) => put(world.session(), { given, ifVersion: {} });

describe('rollback', () => {
  test('restores everything that was put together, and run again redoes it', async () => {
    const world = createPolicyWorld();
    const before = world.values();
    await putAll(world, {
      policy: denying('/api/x'),
      revocations: JSON.stringify({ [ISSUER]: { jti: ['a'] } }),
    });
    const after = world.values();
    expect((await back(world)).status).toBe(0);
    expect(world.values()).toEqual(before);
    expect(world.versions('policy')).toHaveLength(3);
    expect((await back(world)).status).toBe(0);
    expect(world.values()).toEqual(after);
  });

  test('undoes only the edit of somebody else, if that was last', async () => {
    const world = createPolicyWorld();
    await putAll(world, { policy: denying('/api/x') });
    world.edit('upstream', 'https://theirs.example');
    await back(world);
    expect(world.value('upstream')).toBe('whoami');
    expect(world.value('policy')).toBe(denying('/api/x'));
    expect(world.text()).toMatch(
      /This undoes the last change, put by arn:.* at .* outside this command\. It restores version 1 of upstream \(now 2\)/,
    );
  });

  test('goes to a version, or to a time', async () => {
    const world = createPolicyWorld();
    await world.session().sleep(5000);
    const begun = world.now();
    await world.session().sleep(5000);
    await putAll(world, { policy: denying('/api/x') });
    await putAll(world, { policy: denying('/api/y') });
    await back(world, 'policy=2');
    expect(world.value('policy')).toBe(denying('/api/x'));
    await back(world, new Date(begun).toISOString());
    expect(world.value('policy')).toBe('{}');
  });

  test('to the second at which status says a version was put restores that version', async () => {
    const world = createPolicyWorld();
    await world.session().sleep(5500);
    await putAll(world, { policy: denying('/api/x') });
    const at = utc(world.versions('policy').at(-1)?.at ?? 0);
    await putAll(world, { policy: denying('/api/y') });
    await back(world, at);
    expect(world.value('policy')).toBe(denying('/api/x'));
  });

  test('to a time says that it unrevokes what was revoked since', async () => {
    const world = createPolicyWorld();
    await world.session().sleep(5000);
    const begun = new Date(world.now()).toISOString();
    await world.session().sleep(5000);
    await putAll(world, { policy: denying('/api/x') });
    await back(world, begun);
    expect(world.text()).not.toContain('That takes back');
    world.edit('revocations', JSON.stringify({ [ISSUER]: { jti: ['a'] } }));
    await back(world, begun);
    expect(world.text()).toContain(
      'This also unrevokes what was revoked since then. To keep those revocations, name',
    );
  });

  test("rejects values that today's parser no longer accepts", async () => {
    const world = createPolicyWorld();
    world.edit('policy', '{"rules":[]}');
    world.edit('policy', denying('/api/x'));
    expect((await back(world)).status).toBe(1);
    expect(world.value('policy')).toBe(denying('/api/x'));
  });

  test('is not stopped by a warning: the value was in force before', async () => {
    const open = JSON.stringify({ routes: [{ path: '/api/x', onUnauthenticatedRequest: 'allow' }] });
    const world = createPolicyWorld({ policy: open });
    await putAll(world, { policy: denying('/api/x') });
    expect((await back(world)).status).toBe(0);
    expect(world.text()).toContain('warning: policy');
    expect(world.value('policy')).toBe(open);
  });

  test('says that there is nothing to undo, and which versions the history has', async () => {
    const world = createPolicyWorld();
    await expect(back(world)).rejects.toThrow(/^There is nothing to undo/);
    await expect(back(world, 'policy=7')).rejects.toThrow(
      'SSM has no version 7 of policy: its history has 1 to 1.',
    );
    await expect(back(world, '2020-01-01T00:00:00Z')).rejects.toThrow(/^There was no issuer at 2020-01-01/);
    for (let version = 0; version < 120; version++) world.edit('policy', '{}');
    await expect(back(world, 'policy=7')).rejects.toThrow('its history has 22 to 121.');
  });

  test('undoes what a put wrote before it stopped half way', async () => {
    const world = createPolicyWorld();
    world.before = (call, name) => {
      if (call === 'put' && name === 'policy') world.interrupt.abort();
    };
    await putAll(world, {
      policy: denying('/api/x'),
      upstream: 'https://up.example',
      revocations: JSON.stringify({ [ISSUER]: { jti: ['a'] } }),
    });
    expect(world.value('upstream')).toBe('whoami');
    world.before = () => {};
    const session = world.session({ interrupted: new AbortController().signal });
    await rollback(session, { to: { kind: 'before-last-change' }, ifVersion: {} });
    expect([world.value('policy'), world.value('revocations')]).toEqual(['{}', '{}']);
  });
});

test.each([
  [['yesterday']],
  [['policy=x']],
  [['rules=3']],
  [['policy=1', 'policy=2']],
  [['2026-01-01', 'policy=1']],
])('--to cannot be %j', (texts) => {
  expect(() => parseDestination(texts, 0)).toThrow(/^--to/);
});
