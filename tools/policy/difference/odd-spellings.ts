import { isPathProblem } from '../../../lambda/core/paths/judge-path.ts';
import type { Cell } from './cells.ts';
import { letsThrough } from './route-widening.ts';
import type { Side } from './side.ts';

/** Maximum number of requests whose other spellings are tried. */
const MAX_TRIED = 50;

/** The first other spelling of these requests that was rejected for its path and is now let through. */
export function firstOdd(cells: readonly Cell[], before: Side, after: Side): string | undefined {
  for (const cell of cells.slice(0, MAX_TRIED)) {
    const found = oddSpelling(cell, before, after);
    if (found !== undefined) return found;
  }
  return undefined;
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
  const own = rule.patterns.exact.flatMap((pattern) =>
    ['x', ''].map((filling) => pattern.replaceAll('*', filling).replaceAll('?', 'x')),
  );
  for (const text of new Set([path, ...own].flatMap((one) => SPELLINGS.map((spelled) => spelled(one))))) {
    if (!isPathProblem(before.judgePath(method, text))) continue;
    const judged = after.judgePath(method, text);
    if (!isPathProblem(judged) && letsThrough(judged)) return `${method} ${text}`;
  }
  return undefined;
}
