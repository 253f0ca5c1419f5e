/**
 * API Gateway's custom domains and the base paths of their API mappings, longest first; the root is the empty string.
 * A domain that begins with `*.` stands for every name with one more label.
 */
export type BasePaths = ReadonlyMap<string, readonly string[]>;

/** The base paths of a domain, which is in lower case; undefined where the domain is not listed. */
export const basePathsOf = (basePaths: BasePaths, domain: string): readonly string[] | undefined =>
  basePaths.get(domain) ?? basePaths.get(domain.replace(/^[^.]*/, '*'));

/** Compiles them from the policy, which has one base path or several per domain, `/` for the root. */
export const compileBasePaths = (
  document: Readonly<Record<string, string | readonly string[]>> = {},
): BasePaths =>
  new Map(
    Object.entries(document).map(([domain, paths]) => [
      domain,
      [paths]
        .flat()
        .map((path) => (path === '/' ? '' : path))
        .sort((a, b) => b.length - a.length),
    ]),
  );
