import type { McpMessage } from '../../../lambda/core/mcp/mcp-message.ts';
import { isPathProblem } from '../../../lambda/core/paths/judge-path.ts';
import { spell } from '../../../lambda/core/paths/spelling.ts';
import type { RouteRule } from '../../../lambda/core/routes/match.ts';
import { mergedPatterns, pathsOf } from './common-paths.ts';
import type { RuleList } from './find-rule.ts';
import { groupBy } from './group-by.ts';
import { METHODS, methodsIn, patternOf, slashesLeft } from './request-names.ts';
import { isCovered, matchKey, partsOf, type RulePair } from './rule-pairs.ts';
import { conditionText, messagesFor, messageText, OTHER_MESSAGES, UNCLEAR } from './witness-messages.ts';
import type { World } from './world.ts';

/** The requests that take a certain rule before the change and a certain rule after it. */
export interface Cell extends RulePair {
  /** For people: methods and pattern, and the MCP messages, such as `tools/call search at POST /mcp`. */
  readonly requests: string;
  /** The same without the messages. */
  readonly at: string;
  /** The pattern alone. */
  readonly paths: string;
  /** One of them; undefined if none was found. There may be none. */
  readonly example: Example | undefined;
}

export interface Example {
  readonly method: string;
  readonly path: string;
  /** Undefined if it needs none. */
  readonly message?: McpMessage | undefined;
}

export const exampleText = ({ method, path, message }: Example): string =>
  `${message === undefined ? '' : `${messageText(message)} at `}${method} ${path}`;

/** Maximum number of cells for which example requests are searched for. For the others, only the fields are compared. */
const MAX_SAMPLED = 1000;

/** All cells, except those in which the same unchanged rule decides before and after. */
export function changedCells(world: World): Cell[] {
  const { before, after } = world;
  return [
    ...cellsOf(world.rulePairs, before, after, world),
    ...cellsOf(world.unclearPairs, before.unclear, after.unclear, world),
  ];
}

function cellsOf(pairs: readonly RulePair[], before: RuleList, after: RuleList, world: World): Cell[] {
  const find = cellFinder(before, after, world);
  return pairs
    .filter((pair) => matchKey(pair.before) !== matchKey(pair.after) || !isAlike(pair, world))
    .sort((a, b) => sizeOf(a) - sizeOf(b))
    .map((pair, index) => find(pair, index < MAX_SAMPLED))
    .filter(
      (cell, index) => cell.example !== undefined || index >= MAX_SAMPLED || !isCovered(cell, before, after),
    );
}

/** Symmetric, so that the same cells are left out in either direction of the comparison. */
const sizeOf = ({ before, after }: RulePair): number => before.index + after.index;

/** The changed cells, in groups whose rules differ only in their paths. */
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

/** Finds requests that take a pair of rules. */
function cellFinder(
  before: RuleList,
  after: RuleList,
  world: World,
): (pair: RulePair, isSampled: boolean) => Cell {
  const named = [before, after].flatMap(({ rules }) => rules.flatMap(({ methods }) => [...(methods ?? [])]));
  const all = [...new Set([...METHODS, ...named.sort()])];
  const rest = slashesLeft(before, after);
  const hasMcp = world.before.config.hasMcp || world.after.config.hasMcp;
  return (pair, isSampled) => {
    const takes = ({ method, path, message }: Example) =>
      before.ruleOf(method, spell(path), message) === pair.before &&
      after.ruleOf(method, spell(path), message) === pair.after &&
      !isPathProblem(world.before.judgePath(method, path)) &&
      !isPathProblem(world.after.judgePath(method, path));
    const isUnclear = [pair.before, pair.after].some(({ refuses }) => refuses === 'unclear');
    const messages = hasMcp && !isUnclear ? messagesFor(pair.before.route.mcp, pair.after.route.mcp) : [];
    const paths = isSampled ? samplePaths(pair) : [];
    const possible = all.filter((method) =>
      isUnclear ? method === 'POST' : hasMethod(pair.before, method) && hasMethod(pair.after, method),
    );
    const found = possible.flatMap((method): Example[] => {
      for (const message of method === 'POST' ? [undefined, ...messages] : [undefined]) {
        const path = paths.find((one) => takes({ method, path: one, message }));
        if (path !== undefined) return [{ method, path, message }];
      }
      return [];
    });
    const methods = found.length === 0 ? possible : found.map(({ method }) => method);
    const told = rest(pair) ?? patternOf(pair);
    const at = `${methodsIn(methods, all)} ${told}`;
    const what = isUnclear ? UNCLEAR : messagesIn(pair, found);
    return {
      ...pair,
      requests: what === undefined ? at : `${what} at ${at}`,
      at,
      paths: told,
      example: found[0],
    };
  };
}

/** The MCP messages of a pair, if messages matter to it. */
function messagesIn({ before, after }: RulePair, [example, ...more]: readonly Example[]): string | undefined {
  const named = conditionText(before.route.mcp, after.route.mcp);
  if (named !== undefined) return named;
  const isMessage = example?.message !== undefined && more.length === 0;
  return isMessage || before.refuses !== undefined || after.refuses !== undefined
    ? OTHER_MESSAGES
    : undefined;
}

const hasMethod = ({ methods }: RouteRule, method: string): boolean => methods?.has(method) ?? true;

function samplePaths({ before, after }: RulePair): readonly string[] {
  const merged = partsOf(before).flatMap((one) =>
    partsOf(after).flatMap((other) => mergedPatterns(one, other)),
  );
  const patterns = [...new Set(merged)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return [...new Set(pathsOf(patterns))];
}
