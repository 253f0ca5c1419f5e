/**
 * The name under which npm offers a version: `latest` for what `npm install` takes; `next` for a version that is to be tried, such as
 * 1.2.0-rc.1; `release-1` for a correction of an earlier version, which must not take the place of a later one.
 *
 * @param latest - The version that npm offers as `latest`; undefined if there is none. It may be this one, when a workflow is run again.
 */
export function distTagOf(version: string, latest: string | undefined): string {
  if (version.includes('-')) return 'next';
  return latest === undefined || compare(version, latest) >= 0
    ? 'latest'
    : `release-${version.split('.')[0]}`;
}

/** Of versions without a suffix; one with a suffix comes before the one without. */
function compare(one: string, other: string): number {
  const [numbers, others] = [one, other].map((version) =>
    (version.split('-')[0] ?? '').split('.').map(Number),
  );
  const differences = [0, 1, 2].map((place) => (numbers?.[place] ?? 0) - (others?.[place] ?? 0));
  return differences.find((difference) => difference !== 0) ?? (other.includes('-') ? 1 : 0);
}
