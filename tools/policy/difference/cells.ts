import { isPathProblem } from '../../../lambda/core/paths/judge-path.ts';
import { spell } from '../../../lambda/core/paths/spelling.ts';
import type { RouteRule } from '../../../lambda/core/routes/match.ts';
import { mergedPatterns, pathsOf } from './common-paths.ts';
import { groupBy } from './group-by.ts';
import { METHODS, methodsIn, patternOf, slashesLeft } from './request-names.ts';
import { isCovered, matchKey, partsOf, type RulePair, rulePairs } from './rule-pairs.ts';
import type { Side } from './side.ts';
import type { World } from './world.ts';

/** The requests that take one rule before and one after. */
export interface Cell extends RulePair {
  /** As people tell them: methods and pattern. */
  readonly requests: string;
  /** One of them; undefined if none was found, and there may be none. */
  readonly example: { readonly method: string; readonly path: string } | undefined;
}

/** Most cells that requests are looked for. Of others the fields alone are compared. */
const MAX_SAMPLED = 1000;

/** All cells but those of one rule that has not changed. */
export function changedCells(world: World): Cell[] {
  const { before, after } = world;
  const find = cellFinder(before, after);
  return rulePairs(before, after)
    .filter((pair) => matchKey(pair.before) !== matchKey(pair.after) || !isAlike(pair, world))
    .sort((a, b) => sizeOf(a) - sizeOf(b))
    .map((pair, index) => find(pair, index < MAX_SAMPLED))
    .filter(
      (cell, index) => cell.example !== undefined || index >= MAX_SAMPLED || !isCovered(cell, before, after),
    );
}

/** Alike for both sides, so that the same are left out whichever comes first. */
const sizeOf = ({ before, after }: RulePair): number => before.index + after.index;

/** Cells whose rules say the same but for their paths, and not the same before and after. */
export function decidedAlike(cells: readonly Cell[], world: World): Cell[][] {
  const changed = cells.filter((cell) => !isAlike(cell, world));
  const groups = groupBy(changed, ({ before, after, example }) =>
    [
      world.said(before.route),
      world.said(after.route),
      takesOptions({ before, after }),
      example !== undefined,
    ].join(),
  );
  return [...groups.values()];
}

const isAlike = ({ before, after }: RulePair, { said }: World): boolean =>
  said(before.route) === said(after.route);

/** Whether CORS preflights are among the requests. */
export const takesOptions = ({ before, after }: RulePair): boolean =>
  [before, after].every((rule) => hasMethod(rule, 'OPTIONS'));

/** Looks for requests that take a pair of rules. */
function cellFinder(before: Side, after: Side): (pair: RulePair, isSampled: boolean) => Cell {
  const named = [before, after].flatMap(({ rules }) => rules.flatMap(({ methods }) => [...(methods ?? [])]));
  const all = [...new Set([...METHODS, ...named.sort()])];
  const rest = slashesLeft(before, after);
  return (pair, isSampled) => {
    const takes = (method: string, path: string) =>
      before.ruleOf(method, spell(path)) === pair.before &&
      after.ruleOf(method, spell(path)) === pair.after &&
      !isPathProblem(before.judgePath(method, path)) &&
      !isPathProblem(after.judgePath(method, path));
    const paths = isSampled ? samplePaths(pair) : [];
    const possible = all.filter((method) => hasMethod(pair.before, method) && hasMethod(pair.after, method));
    const found = possible.flatMap((method) => {
      const path = paths.find((one) => takes(method, one));
      return path === undefined ? [] : { method, path };
    });
    const methods = found.length === 0 ? possible : found.map(({ method }) => method);
    return {
      ...pair,
      requests: [methodsIn(methods, all), rest(pair) ?? patternOf(pair)].join(' '),
      example: found[0],
    };
  };
}

const hasMethod = ({ methods }: RouteRule, method: string): boolean => methods?.has(method) ?? true;

function samplePaths({ before, after }: RulePair): readonly string[] {
  const merged = partsOf(before).flatMap((one) =>
    partsOf(after).flatMap((other) => mergedPatterns(one, other)),
  );
  const patterns = [...new Set(merged)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return [...new Set(pathsOf(patterns))];
}
