import type { Config } from '../../../lambda/core/config/config.ts';
import type { Route } from '../../../lambda/core/routes/route.ts';
import type { Upstream } from '../../../lambda/core/upstream.ts';

/** A route, and the configuration that it is of. */
export interface Placed {
  readonly route: Route;
  readonly config: Config;
}

interface Change {
  readonly now: string;
  readonly was: string;
}

/** What upstreams get otherwise of the requests that take one route before and one after. */
export function forwardChanges(before: Placed, after: Placed): Change[] {
  const [one, other] = [before.route, after.route];
  const fields = [...new Set([one, other].flatMap(({ headers }) => headers.map(([field]) => field)))].sort();
  return [
    // The upstream of all others is told once.
    ...(one.upstream === undefined && other.upstream === undefined
      ? []
      : changeOf(
          before,
          after,
          ({ route, config }) => `sent to ${upstreamText(route.upstream ?? config.upstream)}`,
        )),
    ...changeOf(before, after, ({ route: { stripPrefix } }) =>
      stripPrefix === ''
        ? 'sent on with the whole path'
        : `sent on without ${stripPrefix}, with which its path begins`,
    ),
    ...changeOf(before, after, ({ route }) => `sent on ${route.stripToken ? 'without' : 'with'} the token`),
    ...fields.flatMap((field) => changeOf(before, after, ({ route }) => headerText(route, field))),
  ];
}

/** The change that a text about both shows, if it is one. */
export function changeOf<T>(before: T, after: T, text: (side: T) => string): Change[] {
  const change = { now: text(after), was: text(before) };
  return change.now === change.was ? [] : [change];
}

export const upstreamText = (upstream: Upstream): string =>
  upstream.kind === 'whoami' ? 'the built-in whoami' : `${upstream.origin.origin}${upstream.basePath}`;

function headerText({ headers }: Route, field: string): string {
  const [, claim] = headers.find(([name]) => name === field) ?? [];
  return claim === undefined ? `sent on without ${field}` : `sent on with ${field} from the claim ${claim}`;
}
