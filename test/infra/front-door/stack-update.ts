import type { PlannedRule } from '../../../infra/front-door/rule-plan.ts';

/** The rules of a deployed stack, by logical id. */
export type Deployed = ReadonlyMap<number, PlannedRule>;

/**
 * An update as CloudFormation makes it: it creates and modifies rules one after another, in an arbitrary order that respects
 * dependencies, and only then deletes the others. Yields a listener's rules after each step.
 */
export function* update(
  before: Deployed,
  rules: readonly PlannedRule[],
  chance: () => number,
): Generator<Deployed> {
  const now = new Map(before);
  const waiting = [...rules];
  while (waiting.length > 0) {
    const ready = waiting.filter(({ after }) => !waiting.some(({ offset }) => after.includes(offset)));
    const next = ready[Math.floor(chance() * ready.length)];
    if (next === undefined) throw new Error('The rules have circular dependencies.');
    waiting.splice(waiting.indexOf(next), 1);
    now.set(next.offset, next);
    yield new Map(now);
  }
  for (const offset of before.keys()) {
    if (rules.some((rule) => rule.offset === offset)) continue;
    now.delete(offset);
    yield new Map(now);
  }
}

/** Whether a rule matches what a path and a host match, both patterns of the options. */
export function covers(deployed: Deployed, path: string, host: string | undefined): boolean {
  return [...deployed.values()].some(
    ({ paths, hosts }) =>
      paths.includes(path) && (hosts.length === 0 || (host !== undefined && hosts.includes(host))),
  );
}
