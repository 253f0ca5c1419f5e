import { decodePath } from './path-spelling.ts';

/** How ARNs name paths, which depends on the kind of API. */
interface Naming {
  /** Whether events contain the path decoded. */
  readonly decodes: boolean;
  /** Whether ARNs name the request. If so, they leave out a slash at its end. */
  readonly arnNamesRequest: boolean;
}

/** The paths that one of the ends names. */
export function pathsNamed(paths: readonly string[], ends: readonly string[], naming: Naming): string[] {
  const isNamed = (path: string): boolean => ends.some((end) => isSame(path, end, naming));
  const named = paths.filter(isNamed);
  return named.length > 0 || !naming.arnNamesRequest
    ? named
    : paths.flatMap((path) => {
        const bare = withoutSlash(path);
        return bare !== undefined && isNamed(bare) ? [path, bare] : [];
      });
}

/** The end of a path that an ARN names, if what precedes it can be the base path of a mapping. */
export function endsNamed(path: string, named: string, naming: Naming): string[] {
  const end = endNamed(path, named, naming);
  if (end !== undefined) return [end];
  const bare = naming.arnNamesRequest ? withoutSlash(path) : undefined;
  const bareEnd = bare && endNamed(bare, named, naming);
  return bareEnd === undefined ? [] : [`${bareEnd}/`, bareEnd];
}

function endNamed(path: string, named: string, naming: Naming): string | undefined {
  if (named === '/') {
    // In a route's key, a slash alone proves nothing: any path may end in one.
    const isRoot = path === named || (naming.arnNamesRequest && MAPPING.test(withoutSlash(path) ?? path));
    return isRoot ? named : undefined;
  }
  const start = path.endsWith(named) ? path.length - named.length : startOf(path, named, naming);
  const end = path.slice(start);
  return isSame(end, named, naming) && MAPPING.test(path.slice(0, start)) ? end : undefined;
}

/** AWS does not document whether paths in ARNs are encoded or decoded, so both are accepted. */
const isSame = (path: string, named: string, { decodes }: Naming): boolean =>
  path === named || (decodes ? path === decoded(named) : decoded(path) === named);

/** Where the end begins that is as long as the named path, with one of the two decoded. Decodes each segment once. */
function startOf(path: string, named: string, { decodes }: Naming): number {
  if (decodes) return Math.max(0, path.length - decoded(named).length);
  let start = path.length;
  for (let length = 0; length < named.length && start > 0; ) {
    const slash = Math.max(0, path.lastIndexOf('/', start - 1));
    length += decoded(path.slice(slash, start)).length;
    start = slash;
  }
  return start;
}

const decoded = (path: string): string => decodePath(path) ?? path;

const withoutSlash = (path: string): string | undefined =>
  path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : undefined;

/** Base paths of mappings, with the characters that API Gateway accepts in them. */
const MAPPING = /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9$_.+!*'()-]+)*$/;
