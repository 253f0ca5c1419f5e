import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createFleet, type Fault, type Fleet, KIDS, type Kid, type Verdict } from './fleet-model.ts';

/** The age from which no key may serve, and how far clocks and labels may be off, in seconds. */
const MAX_KEY_AGE = 4 * 3600;
const SLACK = 300;
const CLOCKS_APART = 20;

type Step =
  | { readonly do: 'ask'; readonly by: number; readonly kid: Kid }
  | { readonly do: 'keep'; readonly ahead: number }
  | { readonly do: 'together' }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'restart'; readonly by: number }
  | { readonly do: 'access'; readonly good: boolean }
  | { readonly do: 'revocations'; readonly kind: 'good' | 'revoking' | 'bad' }
  | { readonly do: 'recreate'; readonly name: 'audience' | 'revocations' }
  | { readonly do: 'key'; readonly kid: Kid; readonly on: boolean }
  | { readonly do: 'fault'; readonly fault: Fault; readonly on: boolean };

const by = fc.nat(1);
const kid = fc.constantFrom(...KIDS);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('ask' as const), by, kid }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('keep' as const),
      ahead: fc.constantFrom(0, 0, CLOCKS_APART, -CLOCKS_APART),
    }),
  },
  fc.record({ do: fc.constant('together' as const) }),
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      seconds: fc.oneof(fc.constantFrom(1, 59, 61, 179, 181, 301), fc.nat(2 * 3600), fc.nat(300)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const), by }) },
  fc.record({ do: fc.constant('access' as const), good: fc.boolean() }),
  fc.record({
    do: fc.constant('revocations' as const),
    kind: fc.constantFrom('good' as const, 'revoking' as const, 'bad' as const),
  }),
  fc.record({
    do: fc.constant('recreate' as const),
    name: fc.constantFrom('audience' as const, 'revocations' as const),
  }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('key' as const), kid, on: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      fault: fc.constantFrom('ssm' as const, 's3' as const, 'issuer' as const, 'past' as const),
      on: fc.boolean(),
    }),
  },
);

/** What each environment has shown that it knows, and must not forget; empty for a new one. */
type Known = (Pick<Verdict, 'access' | 'revocations'> | undefined)[];

const seen = {
  asked: 0,
  allow: 0,
  refused: 0,
  keys_unavailable: 0,
  config_unavailable: 0,
  key_unknown: 0,
  byOldKeys: 0,
};

async function ask(fleet: Fleet, known: Known, index: number, which: Kid): Promise<void> {
  const before = known[index];
  let verdict = await fleet.ask(index, which);
  if (verdict.code === 'config_unavailable') {
    expect(before).toBeUndefined();
    // Within the cooldown after a failure, no source is tried again.
    fleet.world.advance(6);
    verdict = await fleet.ask(index, which);
  }
  const { code } = verdict;
  seen.asked += 1;
  if (code in seen) seen[code as keyof typeof seen] += 1;

  if (code === 'config_unavailable') {
    const { ssm, s3, past } = {
      ssm: fleet.faults.has('ssm'),
      s3: fleet.faults.has('s3'),
      past: fleet.faults.has('past'),
    };
    // Whoever decides has good values, because everything was good in the beginning, or the snapshot is too old.
    const age = fleet.world.now() / 1000 - (fleet.snapshot()?.parametersReadAt ?? 0);
    if (!s3 && !past && !(ssm && age > MAX_KEY_AGE - SLACK)) expect(fleet.snapshot()).toBeUndefined();
    if (!ssm) expect(fleet.stored.access && fleet.stored.revocations).toBe(false);
    return;
  }
  // Nothing goes back, and no revocation is lost.
  if (before !== undefined) {
    expect(verdict.access).toBeGreaterThanOrEqual(before.access);
    expect(verdict.revocations).toBeGreaterThanOrEqual(before.revocations);
  }
  known[index] = verdict;
  if (verdict.revoked) expect(code).not.toBe('allow');
  if (code === 'token_revoked') seen.refused += 1;

  const removed = fleet.removedAt.get(which);
  const gone = removed === undefined ? 0 : (fleet.world.now() - removed) / 1000;
  if (code === 'allow') {
    // No key outlives its limit.
    expect(fleet.published.has(which) || removed !== undefined).toBe(true);
    expect(gone).toBeLessThan(MAX_KEY_AGE + SLACK);
    if (gone > 0) seen.byOldKeys += 1;
  }
  // Once the cooldowns are over, a published key is found if there is a source for it.
  if ((code === 'keys_unavailable' || code === 'key_unknown') && fleet.published.has(which)) {
    if (fleet.faults.has('issuer')) return;
    if (!fleet.egress && (fleet.faults.has('s3') || fleet.faults.has('past'))) return;
    fleet.world.advance(CLOCKS_APART + (fleet.egress ? 75 : 180));
    // Keys that verifiers cannot fetch come from the keeper, which fetches again when they are three minutes old.
    if (!fleet.egress) await fleet.keep();
    fleet.world.advance(15);
    expect(['allow', 'token_revoked', 'audience_mismatch']).toContain((await fleet.ask(index, which)).code);
  }
}

async function take(fleet: Fleet, known: Known, next: Step): Promise<void> {
  switch (next.do) {
    case 'ask':
      return ask(fleet, known, next.by, next.kid);
    case 'keep':
      return fleet.keep(next.ahead);
    case 'together':
      await Promise.all([fleet.keep(), fleet.keep(10)]);
      return;
    case 'wait':
      return fleet.world.advance(next.seconds);
    case 'restart':
      known[next.by] = undefined;
      return fleet.restart(next.by);
    case 'access':
      return fleet.putAccess(next.good);
    case 'revocations':
      return fleet.putRevocations(next.kind);
    case 'recreate':
      return fleet.recreate(next.name);
    case 'key':
      return fleet.setKey(next.kid, next.on);
    case 'fault':
      return fleet.setFault(next.fault, next.on);
    default:
      return next satisfies never;
  }
}

/** What must not go back in the snapshot. */
function assertLater(before: ReturnType<Fleet['snapshot']>, after: ReturnType<Fleet['snapshot']>): void {
  if (before === undefined || after === undefined) return;
  expect(after.writtenAt).toBeGreaterThanOrEqual(before.writtenAt);
  for (const unit of ['access', 'revocations'] as const) {
    const times = (snapshot: typeof before) =>
      Object.entries(snapshot[unit].find(({ refused }) => refused === undefined)?.parameters ?? {});
    const now = new Map(times(after));
    for (const [name, { modifiedAt }] of times(before)) {
      expect(now.get(name)?.modifiedAt ?? 0).toBeGreaterThanOrEqual(modifiedAt);
    }
  }
  for (const { location, fetchedAt } of before.keySets) {
    const set = after.keySets.find((other) => other.location === location);
    if (set !== undefined && fetchedAt <= after.writtenAt + 60)
      expect(set.fetchedAt).toBeGreaterThanOrEqual(fetchedAt);
  }
}

/** With everything up and a keeper that runs every minute, all verifiers eventually know the truth. */
async function assertSettled(fleet: Fleet): Promise<void> {
  for (const fault of ['ssm', 's3', 'issuer', 'past'] as const) fleet.setFault(fault, false);
  for (let minute = 0; minute < 8; minute++) {
    await fleet.keep();
    fleet.world.advance(60);
    for (let index = 0; index < fleet.verifiers; index++) await fleet.ask(index, 'a');
  }
  for (let index = 0; index < fleet.verifiers; index++) {
    for (const which of KIDS) {
      const verdict = await fleet.ask(index, which);
      // Perhaps nobody ever read a good value that a bad one has replaced.
      if (fleet.stored.access) expect(verdict.access).toBe(fleet.latest.access);
      if (fleet.stored.revocations) {
        expect([verdict.revocations, verdict.revoked]).toEqual([
          fleet.latest.revocations,
          fleet.latest.revoked,
        ]);
      }
      if (verdict.revoked) expect(verdict.code).not.toBe('allow');
      // A set without a usable key counts as an endpoint that is down.
      else if (fleet.published.size === 0) expect(verdict.code).not.toBe('config_unavailable');
      else
        expect([which, verdict.code]).toEqual([which, fleet.published.has(which) ? 'allow' : 'key_unknown']);
    }
  }
}

test.each([
  ['verifiers that reach the issuer', true],
  ['verifiers that reach the snapshot only', false],
])(
  'whatever happens to keeper, S3, SSM, issuer, clocks and environments (%s): nothing goes back, nothing outlives its bound, and everything recovers in the end',
  async (_, egress) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 50, size: 'max' }), async (steps) => {
        const fleet = createFleet({ egress });
        // A deploy writes the first snapshot before anybody can read it.
        await fleet.keep();
        const known: Known = [];
        for (const next of steps) {
          const before = fleet.snapshot();
          await take(fleet, known, next);
          assertLater(before, fleet.snapshot());
        }
        await assertSettled(fleet);
      }),
      { numRuns: 500 },
    );
    // The schedules have reached the cases where the rules matter.
    expect(Object.entries(seen).filter(([, count]) => count < 30)).toEqual([]);
  },
);
