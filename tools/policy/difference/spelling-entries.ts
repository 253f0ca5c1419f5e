import { isPathProblem, namesSuffix } from '../../../lambda/core/paths/judge-path.ts';
import { literalPrefix } from '../../../lambda/core/routes/pattern.ts';
import type { RouteRule } from '../../../lambda/core/routes/match.ts';
import type { Cell } from './cells.ts';
import { type Entry, SPELLED } from './entry.ts';
import { groupBy } from './group-by.ts';
import { isSubset } from './implications.ts';
import { nameKey } from './rule-pairs.ts';
import { letsThrough } from './route-widening.ts';
import type { Side } from './side.ts';

/**
 * A path that could be read as one of another route is refused, so routes that come and go decide on more than their own
 * paths.
 */
export function spellingEntries(before: Side, after: Side, cells: readonly Cell[]): Entry[] {
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

type Opened = Omit<Entry, 'effect'>;

/** Most requests of which other spellings are tried. */
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
      now: 'decided on by its route',
      was: '400 path_invalid',
      certain: example !== undefined,
      ...(example !== undefined && { example }),
    };
  };
  return [
    ...(isReadLess ? [entryFor([], cells)] : []),
    ...(opened.length > 0
      ? [
          entryFor(
            opened.map(({ requests }) => requests),
            opened,
          ),
        ]
      : []),
  ];
}

function firstOdd(cells: readonly Cell[], before: Side, after: Side): string | undefined {
  for (const cell of cells) {
    const found = oddSpelling(cell, before, after);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a spelling of these requests may have been read as two routes before and is read as one now. */
function mayOpen(before: Side, after: Side, cells: readonly Cell[]): (cell: Cell) => boolean {
  const had = new Set(before.rules.map(nameKey));
  const has = new Set(after.rules.map(nameKey));
  const comesFrom = groupBy(cells.filter(isChanged), (cell) => cell.after);
  return (cell) => {
    if (!letsThrough(cell.after.route)) return false;
    if (hasOtherPrefix(cell.before, cell.after)) return true;
    if (!isChanged(cell)) return false;
    const isPutBefore = has.has(nameKey(cell.before)) && !had.has(nameKey(cell.after));
    // A route that is put before one other takes only what all readings led to already.
    return !isPutBefore || namesSuffix(cell.after.route) || (comesFrom.get(cell.after)?.length ?? 0) > 1;
  };
}

const isChanged = ({ before, after }: Cell): boolean => nameKey(before) !== nameKey(after);

/** A prefix that each path of a rule has, and that no reading changes, only refuses more where it is stripped. */
function hasOtherPrefix(before: RouteRule, after: RouteRule): boolean {
  const [was, now] = [before.route.stripPrefix, after.route.stripPrefix];
  if (was === now) return false;
  const isSure =
    /^(?:\/[a-z0-9_-]+)+$/.test(now) &&
    after.patterns.exact.every((one) => literalPrefix(one).startsWith(`${now}/`));
  return !(was === '' && isSure);
}

/** Spellings that one server or another takes for the path itself. */
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

/** A request that was refused for its path and is now decided on by a route that lets somebody through. */
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
