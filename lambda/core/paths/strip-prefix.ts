/**
 * The path without its first segments, which it must have byte for byte; `/` if nothing is left, and undefined if the
 * path does not begin with them. An empty prefix leaves any path as it is.
 */
export function stripPrefix(path: string, prefix: string): string | undefined {
  if (prefix === '') return path;
  if (path === prefix) return '/';
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}
