/**
 * npm's dist-tag for a version: `latest` for the version that `npm install` takes; `next` for a prerelease such as 1.2.0-rc.1;
 * `release-1` for a fix of an earlier version, which must not displace a later one.
 *
 * @param latest - The version with npm's tag `latest`; undefined if there is none. When a workflow runs again, it may be this one.
 */
export function distTagOf(version: string, latest: string | undefined): string {
  if (version.includes('-')) return 'next';
  return latest === undefined || compare(version, latest) >= 0
    ? 'latest'
    : `release-${version.split('.')[0]}`;
}

/** Compares versions without their suffixes. A version with a suffix comes before the one without. */
function compare(one: string, other: string): number {
  const [numbers, others] = [one, other].map((version) =>
    (version.split('-')[0] ?? '').split('.').map(Number),
  );
  const differences = [0, 1, 2].map((place) => (numbers?.[place] ?? 0) - (others?.[place] ?? 0));
  return differences.find((difference) => difference !== 0) ?? (other.includes('-') ? 1 : 0);
}
