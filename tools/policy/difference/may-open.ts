import { namesSuffix } from '../../../lambda/core/paths/judge-path.ts';
import type { RouteRule } from '../../../lambda/core/routes/match.ts';
import { literalPrefix } from '../../../lambda/core/routes/pattern.ts';
import type { Cell } from './cells.ts';
import { groupBy } from './group-by.ts';
import { letsThrough } from './route-widening.ts';
import {
  areNamedAlike,
  commonMethods,
  FOR_POST,
  hasMethods,
  type Methods,
  messagesOnly,
  methodsMeet,
  pathsKey,
} from './rule-pairs.ts';
import type { Side } from './side.ts';
import { isMcp } from './side-rule.ts';

/** Whether a spelling of these requests may have had readings of two routes before, and now has those of one. */
export function mayOpen(before: Side, after: Side, cells: readonly Cell[]): (cell: Cell) => boolean {
  const had = groupBy(before.rules, messagesOnly);
  const has = groupBy(after.rules, pathsKey);
  const changing = changingMethods(before, after);
  const isDistinguished = distinguished(before, after);
  const comesFrom = groupBy(cells.filter(isChanged), (cell) => cell.after);
  return (cell) => {
    const { route, refuses } = cell.after;
    // A path is rejected for all its messages, and where some have no route, others have one.
    if (!letsThrough(route) && refuses !== 'unmatched') return false;
    if (hasOtherPrefix(cell.before, cell.after)) return true;
    if (!isChanged(cell)) return false;
    const methods = changing(commonMethods(cell));
    if (methods?.size === 0) return false;
    if (hasMethods(FOR_POST, methods) && isDistinguished(cell)) return false;
    const isKept = has.get(pathsKey(cell.before))?.some((rule) => hasMethods(rule, methods)) === true;
    // A request has one method: rules for others decide nothing on it.
    const isNew = had.get(messagesOnly(cell.after))?.some((rule) => methodsMeet(rule, { methods })) !== true;
    // The readings that its twin did not match come from other rules, whose cells show this.
    if (isNew && areNamedAlike(cell.before, cell.after)) return false;
    const isPutBefore = isKept && isNew;
    // A new route before a single other one matches only paths whose readings all led to that one already.
    return !isPutBefore || namesSuffix(cell.after.route) || (comesFrom.get(cell.after)?.length ?? 0) > 1;
  };
}

/** Whether an MCP route on both sides distinguishes the paths of a cell from others for a POST, though another route no longer does. */
export function distinguished(before: Side, after: Side): (cell: Cell) => boolean {
  const had = new Set(before.rules.filter(isMcp).map(messagesOnly));
  const kept = after.rules.filter((rule) => isMcp(rule) && had.has(messagesOnly(rule)));
  const paths = new Set(kept.map(pathsKey));
  const keys = new Set(kept.map(messagesOnly));
  return ({ before: rule, after: other }) =>
    // Such a path may newly keep its suffix in all readings.
    !namesSuffix(other.route) && paths.has(pathsKey(rule)) && !keys.has(messagesOnly(rule));
}

/** Those methods that the rules of the two sides distinguish differently. Readings differ for no others. */
function changingMethods(before: Side, after: Side): (methods: Methods) => Methods {
  const named = [
    ...new Set([before, after].flatMap(({ rules }) => rules.flatMap((rule) => [...(rule.methods ?? [])]))),
  ];
  const rulesFor = ({ rules }: Side, method: string) =>
    JSON.stringify(
      rules
        .filter((rule) => hasMethods(rule, new Set([method])))
        .map((rule) => [pathsKey(rule), rule.route.stripPrefix]),
    );
  const isSame = (method: string) => rulesFor(before, method) === rulesFor(after, method);
  const changed = new Set(named.filter((method) => !isSame(method)));
  const restIsSame = isSame('*');
  return (methods) =>
    methods === undefined && !restIsSame
      ? undefined
      : new Set([...changed].filter((method) => methods?.has(method) ?? true));
}

const isChanged = ({ before, after }: Cell): boolean => pathsKey(before) !== pathsKey(after);

/** Whether another prefix is stripped. Newly stripping a prefix that every path of the rule has, and no reading changes, only rejects more. */
function hasOtherPrefix(before: RouteRule, after: RouteRule): boolean {
  const [was, now] = [before.route.stripPrefix, after.route.stripPrefix];
  if (was === now) return false;
  const isSure =
    /^(?:\/[a-z0-9_-]+)+$/.test(now) &&
    after.patterns.exact.every((one) => literalPrefix(one).startsWith(`${now}/`));
  return !(was === '' && isSure);
}
