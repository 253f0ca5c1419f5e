/**
 * What is left of a path without its first segments, which it must have byte for byte; `/` where nothing is, and
 * undefined where the path does not begin with them.
 */
export function stripPrefix(path: string, prefix: string): string | undefined {
  if (!path.startsWith(prefix)) return undefined;
  const rest = path.slice(prefix.length);
  if (rest === '') return '/';
  return rest.startsWith('/') ? rest : undefined;
}
