import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Secrets } from '../../../lambda/core/secrets/secrets.ts';
import { createSecretsFleet, DAY, HOUR, MINUTE, type SecretsFleet, type Use } from './secrets-fleet-model.ts';

/** How long after a run of the keeper there is a key in its window. */
const COVERED = 8 * DAY - 2 * MINUTE;

/** The first key waits a minute, and clocks may be apart. */
const FIRST_USE = 2 * MINUTE;

/** A verifier that could not read tries again after 5 s. */
const COOLDOWN = 10;

type Step =
  | { readonly do: 'keep'; readonly ahead: number }
  | { readonly do: 'together' }
  | { readonly do: 'work'; readonly days: number; readonly every: number }
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'approach'; readonly off: number }
  | { readonly do: 'restart'; readonly by: number }
  | { readonly do: 'down' | 'past'; readonly on: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('keep' as const), ahead: fc.constantFrom(0, 20, -20) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('together' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('work' as const),
      days: fc.integer({ min: 1, max: 40 }),
      every: fc.constantFrom(HOUR * 6, DAY - 7, 5 * DAY),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      seconds: fc.oneof(
        fc.constantFrom(1, 5, 59, 61, HOUR, HOUR + 1, DAY, 7 * DAY, 8 * DAY, 31 * DAY),
        fc.nat(2 * HOUR),
        fc.nat(10 * DAY),
        fc.nat(60 * DAY),
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('approach' as const), off: fc.integer({ min: -20, max: 20 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const), by: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('down' as const, 'past' as const),
      on: fc.boolean(),
    }),
  },
);

const seen = { compared: 0, covered: 0, uncovered: 0, handovers: 0, troubled: 0, none: 0, written: 0 };

/** What is remembered about a fleet, to compare later states with. */
function createWitness(fleet: SecretsFleet) {
  let keptAt = Number.NEGATIVE_INFINITY;
  let usableFrom = Number.POSITIVE_INFINITY;
  let latest: Secrets | undefined;
  const entries = new Map<string, string>();
  const inHand: (number | undefined)[] = [];

  /** A document follows the previous one: it is later, has the same windows, and drops only what has expired. */
  function look(): void {
    const stored = fleet.stored();
    if (stored === undefined || stored.writtenAt === latest?.writtenAt) return;
    seen.written += 1;
    if (latest !== undefined) expect(stored.writtenAt).toBeGreaterThan(latest.writtenAt);
    const named = [
      ...stored.signingKeys.map((key) => [key.kid, key] as const),
      ...stored.nonceSecrets.map((secret) => [secret.secret, secret] as const),
    ];
    for (const [name, entry] of named) {
      const text = JSON.stringify(entry);
      expect(entries.get(name) ?? text).toBe(text);
      entries.set(name, text);
    }
    for (const key of latest?.signingKeys ?? []) {
      if (stored.signingKeys.some(({ kid }) => kid === key.kid)) continue;
      expect(fleet.now()).toBeGreaterThan(key.publishUntil);
    }
    latest = stored;
  }

  function kept(done: boolean): void {
    look();
    if (!done) return;
    const now = fleet.now();
    // After a longer absence there may be no key, or one that ends before all know the next: a short wait.
    if (now - keptAt > COVERED) usableFrom = now + FIRST_USE;
    keptAt = now;
  }

  async function check(): Promise<void> {
    const uses: (Use | undefined)[] = [];
    for (let index = 0; index < fleet.verifiers; index++) uses.push(await fleet.use(index));
    for (const [index, use] of uses.entries()) {
      // Never back in time.
      if (use !== undefined) {
        expect(use.secrets.writtenAt).toBeGreaterThanOrEqual(inHand[index] ?? 0);
        inHand[index] = use.secrets.writtenAt;
      }
    }
    const calm = fleet.calmFor();
    const written = latest?.writtenAt ?? Number.POSITIVE_INFINITY;
    if (calm === undefined || calm < COOLDOWN) {
      seen.troubled += 1;
      return;
    }
    // The very first ones, which every verifier looks for every 5 s.
    const settled = fleet.now() - written > 2 * COOLDOWN + 20;
    const covered = fleet.now() - keptAt < COVERED && fleet.now() >= usableFrom;
    seen[covered ? 'covered' : 'uncovered'] += 1;
    for (const one of uses) {
      if (one === undefined) {
        seen.none += 1;
        expect(settled).toBe(false);
        continue;
      }
      if (covered) expect(one.signsWith).toBeDefined();
      if (covered && settled) expect(one.makesNoncesOf).toBeDefined();
      for (const other of uses) {
        if (other === undefined) continue;
        seen.compared += 1;
        if (one.signsWith !== other.signsWith) seen.handovers += 1;
        if (one.signsWith !== undefined) expect(other.publishes).toContain(one.signsWith);
        if (one.makesNoncesOf !== undefined && settled) expect(other.accepts).toContain(one.makesNoncesOf);
      }
    }
  }

  return {
    kept,
    check,
    forget: (index: number) => {
      inHand[index] = undefined;
    },
  };
}

type Witness = ReturnType<typeof createWitness>;

async function take(fleet: SecretsFleet, witness: Witness, next: Step): Promise<void> {
  switch (next.do) {
    case 'keep':
      return witness.kept(await fleet.keep(next.ahead));
    case 'together':
      return witness.kept(await fleet.keepTogether());
    case 'wait':
      return fleet.advance(next.seconds);
    case 'approach':
      return fleet.advance(Math.max(0, fleet.nextChange() + next.off - fleet.now()));
    case 'work':
      for (let time = 0; time < next.days * DAY; time += next.every) {
        fleet.advance(next.every);
        witness.kept(await fleet.keep());
        await witness.check();
      }
      return;
    case 'restart':
      witness.forget(next.by);
      return fleet.restart(next.by);
    case 'down':
      return fleet.setDown(next.on);
    case 'past':
      return fleet.setPast(next.on);
    default:
      return next satisfies never;
  }
}

test('whatever happens to keepers, clocks, S3 and verifiers: there is a key while a keeper ran within eight days, none is used that another verifier does not publish, and nothing goes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      const fleet = createSecretsFleet();
      const witness = createWitness(fleet);
      for (const next of steps) {
        await take(fleet, witness, next);
        await witness.check();
      }
    }),
    { numRuns: 150 },
  );
  // The schedules have reached the cases where the rules matter.
  expect(Object.entries(seen).filter(([, count]) => count < 30)).toEqual([]);
});
