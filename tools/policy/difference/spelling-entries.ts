import { isPathProblem, namesSuffix } from '../../../lambda/core/paths/judge-path.ts';
import { opensExactly, type RouteRule } from '../../../lambda/core/routes/match.ts';
import { literalPrefix } from '../../../lambda/core/routes/pattern.ts';
import type { Cell } from './cells.ts';
import { type Entry, SPELLED } from './entry.ts';
import { groupBy } from './group-by.ts';
import { isSubset } from './implications.ts';
import { resourceRules } from './resource-rules.ts';
import { letsThrough } from './route-widening.ts';
import { commonMethods, hasMethods, type Methods, methodsMeet, patternsKey } from './rule-pairs.ts';
import type { Side } from './side.ts';
import type { SideRule } from './side-rule.ts';

/**
 * A path that could be read as that of another route or resource is rejected. So adding or removing a route affects more than its
 * own paths.
 */
export function spellingEntries(before: Side, after: Side, all: readonly Cell[]): Entry[] {
  // Whether a message is clear has nothing to do with the path.
  const cells = all.filter(({ before: one, after: other }) => ![one, other].some(isOfUnclear));
  const turned = cells.map((cell): Cell => ({ ...cell, before: cell.after, after: cell.before }));
  return [
    ...openedSpellings(before, after, cells).map((entry) => ({ ...entry, effect: 'opens' as const })),
    ...openedSpellings(after, before, turned).map(({ now, was, ...entry }) => ({
      ...entry,
      effect: 'closes' as const,
      now: was,
      was: now,
    })),
  ];
}

const isOfUnclear = ({ refuses }: SideRule): boolean => refuses === 'unclear';

type Opened = Omit<Entry, 'effect'>;

/** Maximum number of requests whose other spellings are tried. */
const MAX_TRIED = 50;

function openedSpellings(before: Side, after: Side, cells: readonly Cell[]): Opened[] {
  const opened = cells.filter(mayOpen(before, after, cells));
  const names = (side: Side) => side.steps.map(({ name }) => name);
  const isReadLess =
    !isSubset(names(before), names(after)) && after.rules.some(({ route }) => letsThrough(route));
  const entryFor = (requests: readonly string[], tried: readonly Cell[]): Opened => {
    const example = firstOdd(tried.slice(0, MAX_TRIED), before, after);
    return {
      requests,
      caller: SPELLED,
      now: 'decided by the route that the spelling matches',
      was: '400 path_invalid',
      certain: example !== undefined,
      ...(example !== undefined && { example }),
    };
  };
  const regrouped = regroupedRules(before, after);
  return [
    ...(regrouped.length > 0
      ? [
          entryFor(
            [...new Set(regrouped.map(({ route }) => `any method ${route.path}`))],
            [...regrouped.map(unchanged), ...after.rules.map(unchanged)],
          ),
        ]
      : []),
    ...(isReadLess ? [entryFor([], [...cells, ...after.rules.map(unchanged)])] : []),
    ...(opened.length > 0
      ? [
          entryFor(
            opened.map(({ at }) => at),
            opened,
          ),
        ]
      : []),
  ];
}

/**
 * The paths of resources and documents that are added or removed. A path that had readings on both sides of such a boundary may
 * now have all its readings on one side. A resource added after all others only separates readings, and joins none.
 */
function regroupedRules(before: Side, after: Side): readonly SideRule[] {
  const [had, has] = [before, after].map((side) => resourceRules(side).rules.slice(0, -1)) as [
    SideRule[],
    SideRule[],
  ];
  const isSameSoFar = had.every((rule, at) => {
    const other = has[at];
    return other !== undefined && patternsKey(other) === patternsKey(rule);
  });
  const documents = [before, after].map(({ resources }) => resources.documents.map(({ rule }) => rule));
  const [were = [], are = []] = documents;
  const paths = (rules: readonly RouteRule[]) => new Set(rules.map(patternsKey));
  const [there, here] = [paths(were), paths(are)];
  return [
    ...(isSameSoFar ? [] : [...had, ...has]),
    ...were.filter((rule) => !here.has(patternsKey(rule))),
    ...are.filter(
      (rule) =>
        !there.has(patternsKey(rule)) && isPathProblem(before.judgePath('GET', rule.route.path ?? '')),
    ),
  ];
}

/** A rule that decides as before, and a request that matches its pattern. */
const unchanged = (rule: RouteRule): Cell => ({
  before: rule,
  after: rule,
  requests: '',
  at: '',
  paths: '',
  example: {
    method: [...(rule.methods ?? ['GET'])][0] ?? 'GET',
    path: rule.patterns.named.replaceAll('*', 'x').replaceAll('?', 'x'),
  },
});

function firstOdd(cells: readonly Cell[], before: Side, after: Side): string | undefined {
  for (const cell of cells) {
    const found = oddSpelling(cell, before, after);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a spelling of these requests may have had readings of two routes before, and now has those of one. */
function mayOpen(before: Side, after: Side, cells: readonly Cell[]): (cell: Cell) => boolean {
  const had = groupBy(before.rules, patternsKey);
  const has = groupBy(after.rules, patternsKey);
  const changing = changingMethods(before, after);
  const comesFrom = groupBy(cells.filter(isChanged), (cell) => cell.after);
  return (cell) => {
    if (!letsThrough(cell.after.route)) return false;
    if (hasOtherPrefix(cell.before, cell.after)) return true;
    if (!isChanged(cell)) return false;
    const methods = changing(commonMethods(cell));
    if (methods?.size === 0) return false;
    const isKept = has.get(patternsKey(cell.before))?.some((rule) => hasMethods(rule, methods)) === true;
    // A request has one method: rules for others decide nothing on it.
    const isNew = had.get(patternsKey(cell.after))?.some((rule) => methodsMeet(rule, { methods })) !== true;
    const isPutBefore = isKept && isNew;
    // A new route before a single other one matches only paths whose readings all led to that one already.
    return !isPutBefore || namesSuffix(cell.after.route) || (comesFrom.get(cell.after)?.length ?? 0) > 1;
  };
}

/** Those methods that the rules of the two sides distinguish differently. Readings differ for no others. */
function changingMethods(before: Side, after: Side): (methods: Methods) => Methods {
  const named = [
    ...new Set([before, after].flatMap(({ rules }) => rules.flatMap((rule) => [...(rule.methods ?? [])]))),
  ];
  const told = ({ rules }: Side, method: string) =>
    JSON.stringify(
      rules
        .filter((rule) => hasMethods(rule, new Set([method])))
        .map((rule) => [patternsKey(rule), opensExactly(rule), rule.route.stripPrefix]),
    );
  const isSame = (method: string) => told(before, method) === told(after, method);
  const changed = new Set(named.filter((method) => !isSame(method)));
  const restIsSame = isSame('*');
  return (methods) =>
    methods === undefined && !restIsSame
      ? undefined
      : new Set([...changed].filter((method) => methods?.has(method) ?? true));
}

const isChanged = ({ before, after }: Cell): boolean => patternsKey(before) !== patternsKey(after);

/** Whether another prefix is stripped. Newly stripping a prefix that every path of the rule has, and no reading changes, only rejects more. */
function hasOtherPrefix(before: RouteRule, after: RouteRule): boolean {
  const [was, now] = [before.route.stripPrefix, after.route.stripPrefix];
  if (was === now) return false;
  const isSure =
    /^(?:\/[a-z0-9_-]+)+$/.test(now) &&
    after.patterns.exact.every((one) => literalPrefix(one).startsWith(`${now}/`));
  return !(was === '' && isSure);
}

/** Spellings that some server takes for the path itself. */
const SPELLINGS: readonly ((path: string) => string)[] = [
  (path) => path.toUpperCase(),
  (path) => path.replace(/[a-z](?=[^a-z]*$)/, (letter) => letter.toUpperCase()),
  (path) => path.replace(/^\/[a-z]/, (start) => start.toUpperCase()),
  (path) => path.replace(/^\/[a-z]/, (start) => `/%${start.charCodeAt(1).toString(16)}`),
  (path) => `${path};x`,
  (path) => `${path}.json`,
  (path) => `${path}%20`,
  (path) => `${path}/.json`,
  (path) => path.replace(/\/(?=[^/]+$)/, '//'),
  (path) => path.replace(/^(\/[^/]+)\//, '$1//'),
  (path) => path.replace(/(?<=.)\/(?=[^/]+$)/, '%2F'),
  (path) => path,
];

/** A request that was rejected for its path and is now decided by a route that lets somebody through. */
function oddSpelling({ example, before: rule }: Cell, before: Side, after: Side): string | undefined {
  if (example === undefined) return undefined;
  const { method, path } = example;
  const own = rule.patterns.exact.map((pattern) => pattern.replaceAll('*', 'x').replaceAll('?', 'x'));
  for (const text of new Set([path, ...own].flatMap((one) => SPELLINGS.map((spelled) => spelled(one))))) {
    if (!isPathProblem(before.judgePath(method, text))) continue;
    const judged = after.judgePath(method, text);
    if (!isPathProblem(judged) && letsThrough(judged)) return `${method} ${text}`;
  }
  return undefined;
}
