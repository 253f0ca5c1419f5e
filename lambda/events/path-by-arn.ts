import { decodePath } from './path-spelling.ts';

/** Whether an ARN names this path. Whether ARNs have paths encoded or decoded is not documented, so either will do. */
export const isNamed = (path: string, named: string, isDecoded: boolean): boolean =>
  path === named || (isDecoded ? path === decoded(named) : decoded(path) === named);

/**
 * The end of a path that an ARN names, where what comes before can be the base path of a mapping; undefined where there
 * is none. A slash alone proves nothing, as any path may end in one.
 */
export function endNamed(path: string, named: string, isDecoded: boolean): string | undefined {
  if (named === '/') return path === named ? path : undefined;
  const start = path.endsWith(named) ? path.length - named.length : startOf(path, named, isDecoded);
  const end = path.slice(start);
  return isNamed(end, named, isDecoded) && MAPPING.test(path.slice(0, start)) ? end : undefined;
}

/** Where the end begins that has the length of what is named, with one of the two decoded. Decodes each segment once. */
function startOf(path: string, named: string, isDecoded: boolean): number {
  if (isDecoded) return Math.max(0, path.length - decoded(named).length);
  let start = path.length;
  for (let length = 0; length < named.length && start > 0; ) {
    const slash = Math.max(0, path.lastIndexOf('/', start - 1));
    length += decoded(path.slice(slash, start)).length;
    start = slash;
  }
  return start;
}

const decoded = (path: string): string => decodePath(path) ?? path;

/** Base paths of mappings, by the characters that API Gateway takes in them. */
const MAPPING = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9$_.+!*'()-]+)*$/;
