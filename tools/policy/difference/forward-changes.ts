import type { Config } from '../../../lambda/core/config/config.ts';
import type { Route } from '../../../lambda/core/routes/route.ts';
import type { Upstream } from '../../../lambda/core/upstream.ts';
import { nameText } from './name-text.ts';
import { letsThrough } from './route-widening.ts';

/** A route, and its configuration. */
export interface Placed {
  readonly route: Route;
  readonly config: Config;
}

interface Change {
  readonly now: string;
  readonly was: string;
}

/**
 * What upstreams get differently when requests match one route before and another after. If only one of the two lets requests
 * through, what that one sets explicitly.
 */
export function forwardChanges(before: Placed, after: Placed): Change[] {
  const sides = [before, after].map((side) => (letsThrough(side.route) ? side : undefined));
  const routes = sides.flatMap((side) => side?.route ?? []);
  const change = (isSaid: (route: Route) => boolean, text: (side: Placed) => string) =>
    routes.some(isSaid)
      ? changeOf(sides[0], sides[1], (side) => (side === undefined ? 'not forwarded' : text(side)))
      : [];
  const fields = [...new Set(routes.flatMap(({ headers }) => headers.map(([field]) => field)))].sort();
  return [
    // A change of the general upstream is reported once, elsewhere.
    ...change(
      ({ upstream }) => upstream !== undefined,
      ({ route, config }) => `sent to ${upstreamText(route.upstream ?? config.upstream)}`,
    ),
    ...change(
      ({ stripPrefix }) => stripPrefix !== '',
      ({ route: { stripPrefix } }) =>
        stripPrefix === ''
          ? 'forwarded with the whole path'
          : `forwarded without the path prefix ${stripPrefix}`,
    ),
    ...change(
      ({ stripToken }) => stripToken,
      ({ route: { stripToken } }) => `forwarded ${stripToken ? 'without' : 'with'} the token`,
    ),
    ...fields.flatMap((field) =>
      change(
        () => true,
        ({ route }) => headerText(route, field),
      ),
    ),
  ];
}

/** The change between the texts about both sides, if they differ. */
export function changeOf<T>(before: T, after: T, text: (side: T) => string): Change[] {
  const change = { now: text(after), was: text(before) };
  return change.now === change.was ? [] : [change];
}

export const upstreamText = (upstream: Upstream): string =>
  upstream.kind === 'whoami' ? 'the built-in whoami' : `${upstream.origin.origin}${upstream.basePath}`;

function headerText({ headers }: Route, field: string): string {
  const [, claim] = headers.find(([name]) => name === field) ?? [];
  return claim === undefined
    ? `forwarded without ${field}`
    : `forwarded with ${field} from the claim ${nameText(claim)}`;
}
