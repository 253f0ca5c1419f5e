import { createHash } from 'node:crypto';

/**
 * What a load balancer allows in one rule.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
const MAX_VALUES = 5;
const MAX_WILDCARDS = 5;

/**
 * How many priorities belong to a stack, beginning with `rulePriority`. Of ten rules two want the same one in
 * 5 % of all cases, and a listener has room for fifty such ranges.
 */
const RANGE = 1000;

/**
 * The most rules of a stack. A template holds 500 resources, and what is not a rule takes less than half of that. A load
 * balancer's own quota, which can be raised, is 100.
 */
const MAX_RULES = 250;

/** The most that a priority can be. */
export const MAX_PRIORITY = 50_000;

/** The most that `rulePriority` can be for a range to follow. */
export const LAST_FIRST_PRIORITY = MAX_PRIORITY - RANGE + 1;

/** What to take requests by: any of the paths, and, if there are hosts, any of those as well. */
export interface Wanted {
  readonly paths: readonly string[];
  readonly hosts: readonly string[];
  /** A path with rules of its own, which have another action, and where they are among those of the paths. */
  readonly apart?: { readonly path: string; readonly place: 'among' | 'ahead' } | undefined;
}

/** One listener rule. */
export interface PlannedRule {
  /**
   * Added to `rulePriority`. The rule's logical id is made from it, so no two ids ever compete for a priority, not even
   * while CloudFormation has created the new rules of an update and has not yet deleted the old ones. Below 0 for rules
   * that are ahead of the range.
   */
  readonly offset: number;
  /** The path, and the host if it is for one alone, that the offset is a hash of; empty for the first rule. */
  readonly key: string;
  /** Condition values: patterns with the bare prefix that each stands for, too. */
  readonly paths: readonly string[];
  readonly hosts: readonly string[];
  /** Offsets of rules that an update must have reached before it may take a value away from this one. */
  readonly after: readonly number[];
  /** Whether it is for the path that is apart from the others. */
  readonly apart: boolean;
}

export interface RulePlan {
  readonly rules: readonly PlannedRule[];
  /** How many priorities belong to the stack, beginning with `rulePriority`. */
  readonly range: number;
  readonly problems: readonly string[];
}

/** `/api/*` stands for `/api` as well, which the load balancer's pattern does not match. */
export function valuesOf(path: string): readonly string[] {
  return /^\/.*\/\*$/.test(path) ? [path.slice(0, -2), path] : [path];
}

/**
 * Spreads paths and hosts over as many rules as it takes. The first rule takes what fits of the beginning of the lists.
 * Every further path has a rule of its own with the hosts that fit beside it, and every host that does not fit has one
 * for each path. Such a rule's offset is a hash of its path and host alone, so that adding and removing others does not
 * move it. Where two want one offset, the later one in the lists takes its next choice.
 */
export function planRules({ paths, hosts, apart }: Wanted, range = RANGE): RulePlan {
  const problems = [
    ...tooMuch('paths', paths, hosts),
    ...(apart === undefined ? [] : tooMuch('resourceDocuments', [apart.path], hosts)),
  ];
  const [first] = paths;
  if (problems.length > 0 || first === undefined) return { rules: [], range, problems };
  const leading = fitting(hosts, (some) => fits(valuesOf(first), some));
  const together = fitting(paths, (some) => leading.length === hosts.length && fits(all(some), hosts));
  const head = together.length > 0 ? together : [first];
  const further = paths
    .slice(head.length)
    .map((path) => ({ path, beside: fitting(hosts, (some) => fits(valuesOf(path), some)) }));
  const separate = apart === undefined ? [] : rulesApart(apart.path, hosts);
  const needed = [{ beside: leading }, ...further].reduce(
    (sum, { beside }) => sum + 1 + hosts.length - beside.length,
    separate.length,
  );
  const most = Math.min(MAX_RULES, range);
  if (needed > most) {
    const problem = `paths and hosts take ${needed} listener rules, and a stack has at most ${most}; use wildcards, such as *.example.com`;
    return { rules: [], range, problems: [problem] };
  }

  const taken = new Map<number, Placed>();
  const place = (key: string, values: Values, apart = false): Placed => {
    const passed: Placed[] = [];
    for (const offset of choices(key, range)) {
      const holder = taken.get(offset);
      if (holder === undefined) {
        const placed = { offset, key, ...values, after: [], apart };
        taken.set(offset, placed);
        // Whoever holds what this one would rather have may have to give it up for it, or the other way round.
        for (const { after } of passed) after.push(offset);
        return placed;
      }
      passed.push(holder);
    }
    throw new Error('There are as many priorities as rules.');
  };
  const ofPaths = further.map(({ path, beside }) => {
    return { path, beside, rule: place(path, { paths: valuesOf(path), hosts: beside }) };
  });
  const remaining = [{ path: first, beside: leading, rule: undefined }, ...ofPaths];
  for (const { path, beside, rule } of remaining) {
    for (const host of hosts.slice(beside.length)) {
      const own = place(`${path} ${host}`, { paths: valuesOf(path), hosts: [host] });
      rule?.after.push(own.offset);
    }
  }
  // Last, so that they take no offset that another rule has had.
  const isAhead = apart?.place === 'ahead';
  const ofApart = separate.map(
    ({ key, ...values }, index): Placed =>
      isAhead ? { offset: -1 - index, key, ...values, after: [], apart: true } : place(key, values, true),
  );
  ofApart[0]?.after.push(...ofApart.slice(1).map(({ offset }) => offset));
  const others = [...(isAhead ? ofApart : []), ...taken.values()];
  const one: PlannedRule = {
    offset: 0,
    key: '',
    paths: all(head),
    hosts: leading,
    after: others.map(({ offset }) => offset),
    apart: false,
  };
  return { rules: [one, ...others], range, problems };
}

/** The rules for a path that shares none with others: one with the hosts that fit, and one for each further host. */
function rulesApart(path: string, hosts: readonly string[]): readonly (Values & { readonly key: string })[] {
  const paths = valuesOf(path);
  const beside = fitting(hosts, (some) => fits(paths, some));
  return [
    { key: path, paths, hosts: beside },
    ...hosts.slice(beside.length).map((host) => ({ key: `${path} ${host}`, paths, hosts: [host] })),
  ];
}

interface Values {
  readonly paths: readonly string[];
  readonly hosts: readonly string[];
}

type Placed = Omit<PlannedRule, 'after'> & { readonly after: number[] };

/** Paths of an option that fit in no rule, by themselves or beside a host. */
function tooMuch(option: string, paths: readonly string[], hosts: readonly string[]): string[] {
  return paths.flatMap((path) =>
    (hosts.length === 0 ? [[]] : hosts.map((host) => [host])).flatMap((one) =>
      fits(valuesOf(path), one)
        ? []
        : `${option}: ${[path, ...one].join(' with the host ')} has ${wildcards([...valuesOf(path), ...one])} wildcards, its bare prefix included, and a rule takes ${MAX_WILDCARDS}`,
    ),
  );
}

function fits(paths: readonly string[], hosts: readonly string[]): boolean {
  const values = [...paths, ...hosts];
  return values.length <= MAX_VALUES && wildcards(values) <= MAX_WILDCARDS;
}

const wildcards = (values: readonly string[]): number => values.join().replace(/[^*?]/g, '').length;

const all = (paths: readonly string[]): readonly string[] => [...new Set(paths.flatMap(valuesOf))];

/** The longest beginning of a list that has a property. */
function fitting(list: readonly string[], isFine: (some: readonly string[]) => boolean): readonly string[] {
  const length = list.findIndex((_, index) => !isFine(list.slice(0, index + 1)));
  return length < 0 ? list : list.slice(0, length);
}

/** Every offset from 1, below the range, in an order that depends on the key alone. */
function* choices(key: string, range: number): Generator<number> {
  const seen = new Set<number>();
  for (let turn = 0; seen.size < range - 1; turn++) {
    const hash = createHash('sha256').update(`${turn} ${key}`).digest().readUInt32BE();
    const offset = 1 + (hash % (range - 1));
    if (!seen.has(offset)) yield offset;
    seen.add(offset);
  }
}
