import { isPathProblem } from '../../../lambda/core/paths/judge-path.ts';
import type { RouteRule } from '../../../lambda/core/routes/match.ts';
import type { Cell } from './cells.ts';
import { type Entry, SPELLED } from './entry.ts';
import { isSubset } from './implications.ts';
import { distinguished, mayOpen } from './may-open.ts';
import { firstOdd } from './odd-spellings.ts';
import { resourceRules } from './resource-rules.ts';
import { letsThrough } from './route-widening.ts';
import { commonMethods, FOR_GET, FOR_POST, methodsMeet, pathsKey, rulesMeet } from './rule-pairs.ts';
import type { Side } from './side.ts';
import { isMcp, type SideRule } from './side-rule.ts';
import { STREAM_REQUEST } from './witness-messages.ts';

/**
 * A path that could be read as that of another route or resource is rejected. So adding or removing a route affects more than its
 * own paths.
 */
export function spellingEntries(before: Side, after: Side, all: readonly Cell[]): Entry[] {
  // Whether a message is clear has nothing to do with the path.
  const cells = all.filter(({ before: one, after: other }) => ![one, other].some(isOfUnclear));
  const turned = cells.map((cell): Cell => ({ ...cell, before: cell.after, after: cell.before }));
  const [opened, closed] = [openings(before, after, cells), openings(after, before, turned)];
  return [
    ...openedSpellings(opened, before, after).map(opening),
    ...openedSpellings(closed, after, before).map(closing),
    ...rejectedStreams(opened, before, after).map(closing),
    ...rejectedStreams(closed, after, before).map(opening),
  ];
}

const opening = (entry: Opened): Entry => ({ ...entry, effect: 'opens' });
const closing = ({ now, was, ...entry }: Opened): Entry => ({
  ...entry,
  effect: 'closes',
  now: was,
  was: now,
});

const isOfUnclear = ({ refuses }: SideRule): boolean => refuses === 'unclear';

type Opened = Omit<Entry, 'effect'>;

/** Why spellings of paths may no longer be rejected. */
interface Openings {
  readonly cells: readonly Cell[];
  readonly all: readonly Cell[];
  readonly isReadLess: boolean;
  readonly regrouped: readonly SideRule[];
}

function openings(before: Side, after: Side, all: readonly Cell[]): Openings {
  const names = (side: Side) => side.steps.map(({ name }) => name);
  return {
    cells: all.filter(mayOpen(before, after, all)),
    all,
    isReadLess: !isSubset(names(before), names(after)) && after.rules.some(({ route }) => letsThrough(route)),
    regrouped: regroupedRules(before, after),
  };
}

function openedSpellings(
  { cells, all, isReadLess, regrouped }: Openings,
  before: Side,
  after: Side,
): Opened[] {
  const entryFor = (requests: readonly string[], tried: readonly Cell[]): Opened => {
    const example = firstOdd(tried, before, after);
    return {
      requests,
      caller: SPELLED,
      now: 'decided by the route that the spelling matches',
      was: '400 path_invalid',
      certain: example !== undefined,
      ...(example !== undefined && { example }),
    };
  };
  return [
    ...(regrouped.length > 0
      ? [
          entryFor(
            [...new Set(regrouped.map(({ route }) => `any method ${route.path}`))],
            [...regrouped.map(unchanged), ...after.rules.map(unchanged)],
          ),
        ]
      : []),
    ...(isReadLess ? [entryFor([], [...all, ...after.rules.map(unchanged)])] : []),
    ...(cells.length > 0
      ? [
          entryFor(
            cells.map(({ at }) => at),
            cells,
          ),
        ]
      : []),
  ];
}

/**
 * A GET that asks for an event stream takes its own route as long as the path is rejected for a POST, and falls to the MCP routes of
 * the path afterwards. These entries have the opposite effect, because what opens to a POST closes to such a GET.
 */
function rejectedStreams({ cells, isReadLess, regrouped }: Openings, before: Side, after: Side): Opened[] {
  const takesStreams = before.rules.some((rule) => letsThrough(rule.route) && methodsMeet(rule, FOR_GET));
  const rejecting = after.rules.filter((rule) => isMcp(rule) && !rule.route.reportOnly);
  if (!takesStreams || rejecting.length === 0) return [];
  const rejectsFor = (...rules: readonly SideRule[]) =>
    rejecting.some((one) => rules.every((rule) => rulesMeet(one, rule)));
  const isDistinguished = distinguished(before, after);
  const posted = cells.filter(
    (cell) =>
      methodsMeet({ methods: commonMethods(cell) }, FOR_POST) &&
      rejectsFor(cell.before, cell.after) &&
      !isDistinguished(cell),
  );
  const paths = [
    ...regrouped.filter((rule) => rejectsFor(rule)).map(({ route }) => route.path),
    ...posted.map((cell) => cell.paths),
  ];
  const requests = isReadLess
    ? [STREAM_REQUEST]
    : [...new Set(paths)].map((path) => `${STREAM_REQUEST} at GET ${path}`);
  return requests.length === 0
    ? []
    : [
        {
          requests,
          caller: SPELLED,
          now: 'decided by its route',
          was: '405 method_not_allowed',
          certain: false,
        },
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
    return other !== undefined && pathsKey(other) === pathsKey(rule);
  });
  const documents = [before, after].map(({ resources }) => resources.documents.map(({ rule }) => rule));
  const [were = [], are = []] = documents;
  const paths = (rules: readonly RouteRule[]) => new Set(rules.map(pathsKey));
  const [there, here] = [paths(were), paths(are)];
  return [
    ...(isSameSoFar ? [] : [...had, ...has]),
    ...were.filter((rule) => !here.has(pathsKey(rule))),
    ...are.filter(
      (rule) => !there.has(pathsKey(rule)) && isPathProblem(before.judgePath('GET', rule.route.path ?? '')),
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
