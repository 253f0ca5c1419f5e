import { createHash } from 'node:crypto';

/**
 * Limits of one rule of a load balancer.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
const MAX_VALUES = 5;
const MAX_WILDCARDS = 5;

/**
 * How many priorities belong to a stack, beginning with `rulePriority`. Among ten rules, two collide in 5 % of all
 * cases, and a listener has room for fifty such ranges.
 */
const RANGE = 1000;

/**
 * The most rules of a stack. A template can have 500 resources, and the stack needs less than half of them for anything
 * but rules. A load balancer's own quota, which can be raised, is 100.
 */
const MAX_RULES = 250;

/** The highest possible priority. */
export const MAX_PRIORITY = 50_000;

/** The highest `rulePriority` that leaves room for a range. */
export const LAST_FIRST_PRIORITY = MAX_PRIORITY - RANGE + 1;

/** Which requests to match: those for any of the paths and, if there are hosts, for any of the hosts. */
export interface Wanted {
  readonly paths: readonly string[];
  readonly hosts: readonly string[];
  /** A path with its own rules, which have another action, and where those go: among the rules of the paths or ahead of them. */
  readonly apart?: { readonly path: string; readonly place: 'among' | 'ahead' } | undefined;
}

/** One listener rule. */
export interface PlannedRule {
  /**
   * Added to `rulePriority`. The rule's logical id is made from it, so no two ids ever compete for a priority, not even
   * during an update, after CloudFormation has created the new rules and before it deletes the old ones. Below 0 for rules
   * that are ahead of the range.
   */
  readonly offset: number;
  /** What the offset is a hash of: the path, and the host if the rule is for only one; empty for the first rule. */
  readonly key: string;
  /** Condition values: the patterns, each with the bare prefix that it also stands for. */
  readonly paths: readonly string[];
  readonly hosts: readonly string[];
  /** Offsets of rules that must be updated before this one, which may lose a value to them. */
  readonly after: readonly number[];
  /** Whether it is a rule for `apart`. */
  readonly apart: boolean;
}

export interface RulePlan {
  readonly rules: readonly PlannedRule[];
  /** How many priorities belong to the stack, beginning with `rulePriority`. */
  readonly range: number;
  readonly problems: readonly string[];
}

/** `/api/*` also stands for `/api`, which the load balancer's pattern does not match. */
export function valuesOf(path: string): readonly string[] {
  return /^\/.*\/\*$/.test(path) ? [path.slice(0, -2), path] : [path];
}

/**
 * Spreads paths and hosts over as many rules as necessary. The first rule gets as much from the start of the lists as fits.
 * Every further path gets its own rule, with the hosts that fit beside it. Every host that does not fit gets its own rule
 * for each path. Such a rule's offset is a hash of its path and host alone, so adding or removing others does not
 * move it. If two rules want the same offset, the later one in the lists takes its next choice.
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
    const problem = `paths and hosts need ${needed} listener rules, but a stack has at most ${most}; use wildcards, such as *.example.com`;
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
        // In an update, a rule with an offset that this one wanted may have to give it up first, or the other way round.
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
  // Placed last, so that they take no offset from another rule.
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

/** The rules for a path that shares none with other paths: one with the hosts that fit, and one for each further host. */
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

/** Paths of an option that do not fit into a rule, alone or with a host. */
function tooMuch(option: string, paths: readonly string[], hosts: readonly string[]): string[] {
  return paths.flatMap((path) =>
    (hosts.length === 0 ? [[]] : hosts.map((host) => [host])).flatMap((one) =>
      fits(valuesOf(path), one)
        ? []
        : `${option}: ${[path, ...one].join(' with the host ')} has ${wildcards([...valuesOf(path), ...one])} wildcards, including its bare prefix, but a rule takes at most ${MAX_WILDCARDS}`,
    ),
  );
}

function fits(paths: readonly string[], hosts: readonly string[]): boolean {
  const values = [...paths, ...hosts];
  return values.length <= MAX_VALUES && wildcards(values) <= MAX_WILDCARDS;
}

const wildcards = (values: readonly string[]): number => values.join().replace(/[^*?]/g, '').length;

const all = (paths: readonly string[]): readonly string[] => [...new Set(paths.flatMap(valuesOf))];

/** The longest prefix of a list that passes a test. */
function fitting(list: readonly string[], isFine: (some: readonly string[]) => boolean): readonly string[] {
  const length = list.findIndex((_, index) => !isFine(list.slice(0, index + 1)));
  return length < 0 ? list : list.slice(0, length);
}

/** Every offset from 1 up to the end of the range, in an order that depends on the key alone. */
function* choices(key: string, range: number): Generator<number> {
  const seen = new Set<number>();
  for (let turn = 0; seen.size < range - 1; turn++) {
    const hash = createHash('sha256').update(`${turn} ${key}`).digest().readUInt32BE();
    const offset = 1 + (hash % (range - 1));
    if (!seen.has(offset)) yield offset;
    seen.add(offset);
  }
}
