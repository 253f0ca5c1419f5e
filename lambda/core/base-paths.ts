/**
 * Custom domains of API Gateway with the base paths of their API mappings, the longest first; the root is empty. A
 * domain that begins with `*.` stands for all names with one more label.
 */
export type BasePaths = ReadonlyMap<string, readonly string[]>;

/** Base paths of a domain in lower case; undefined where it is not listed. */
export const basePathsOf = (basePaths: BasePaths, domain: string): readonly string[] | undefined =>
  basePaths.get(domain) ?? basePaths.get(domain.replace(/^[^.]*/, '*'));

/** As the policy has them: one base path or several, `/` for the root. */
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
