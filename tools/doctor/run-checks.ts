import {
  type Check,
  FACTS,
  type FactName,
  type Facts,
  type Finding,
  found,
  type Outcome,
  skipped,
} from './check.ts';
import { findingOf } from './finding-of.ts';
import type { World } from './world.ts';

export interface Result {
  readonly check: Pick<Check, 'id' | 'title'>;
  readonly findings: readonly Finding[];
}

export interface Run {
  readonly checks: readonly Check[];
  readonly world: World;
  /** Rejects when the time of a check that begins now is up. */
  readonly timeIsUp: () => Promise<never>;
  /** Gets the results in the order of the checks, each as soon as all earlier ones are known. */
  readonly onResult?: (result: Result) => void;
}

/**
 * Runs checks concurrently, each as soon as the facts that it needs are known. Whatever one of
 * them does, the others are not affected. Never rejects.
 */
export async function runChecks({ checks, world, timeIsUp, onResult }: Run): Promise<readonly Result[]> {
  const outcomes = new Map<Check, Promise<Outcome>>();
  for (const [index, check] of checks.entries()) {
    const earlier = checks.slice(0, index);
    outcomes.set(
      check,
      runAfter(check, earlier, (other) => outcomes.get(other) as Promise<Outcome>, { world, timeIsUp }),
    );
  }
  const results: Result[] = [];
  for (const check of checks) {
    const { findings } = (await outcomes.get(check)) as Outcome;
    const result = { check: { id: check.id, title: check.title }, findings };
    results.push(result);
    onResult?.(result);
  }
  return results;
}

async function runAfter(
  check: Check,
  earlier: readonly Check[],
  outcomeOf: (check: Check) => Promise<Outcome>,
  { world, timeIsUp }: Pick<Run, 'world' | 'timeIsUp'>,
): Promise<Outcome> {
  const facts: Partial<Facts> = {};
  const reasons: { [name in FactName]?: string } = {};
  for (const name of [...check.needs, ...check.wants]) {
    const giver = earlier.find(({ gives }) => gives.includes(name));
    if (giver === undefined) continue;
    const { facts: known = {}, without = {} } = await outcomeOf(giver);
    if (known[name] !== undefined) Object.assign(facts, { [name]: known[name] });
    reasons[name] = without[name] ?? `needs ${FACTS[name]} (see ${giver.title})`;
  }
  const missing = check.needs.find((name) => facts[name] === undefined);
  if (missing !== undefined) return found(skipped(reasons[missing] ?? `needs ${FACTS[missing]}`));
  // Also catches what is thrown synchronously.
  const running = Promise.resolve().then(() => check.run(facts, world));
  return Promise.race([running, timeIsUp()]).catch((error: unknown) => found(findingOf(error)));
}
