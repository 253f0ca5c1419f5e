import { isPathProblem } from '../../../lambda/core/paths/judge-path.ts';
import { spell } from '../../../lambda/core/paths/spelling.ts';
import type { Route } from '../../../lambda/core/routes/route.ts';
import { type Effect, type Entry, everywhere } from './entry.ts';
import { changeOf } from './forward-changes.ts';
import { METHODS } from './request-names.ts';
import { letsThrough } from './route-widening.ts';
import type { Side } from './side.ts';
import type { World } from './world.ts';

const ROUTED = 'decided by its route';
const SERVED = 'served protected resource metadata';
const NOT_ALLOWED = '405 method_not_allowed';

/** Protected resource metadata that appears, disappears or changes. It takes precedence over all routes. */
export function documentEntries({ before, after }: World): Entry[] {
  const [was, now] = [documentsOf(before), documentsOf(after)];
  const paths = [...new Set([...was.keys(), ...now.keys()])].sort();
  return paths.flatMap((path) => {
    const [one, other] = [was.get(path), now.get(path)];
    if (one === undefined) return entriesOf(path, before, 'new');
    if (other === undefined) return entriesOf(path, after, 'gone');
    const members = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
    return members
      .flatMap((name) =>
        changeOf(one[name], other[name], (value) =>
          value === undefined ? `served without ${name}` : `served with ${name} ${JSON.stringify(value)}`,
        ),
      )
      .map((change): Entry => ({ ...everywhere('forwards'), requests: [`GET ${path}`], ...change }));
  });
}

type Members = Readonly<Record<string, unknown>>;

/** The members of each document, by its path. */
export const documentsOf = ({ resources }: Side): ReadonlyMap<string, Members> =>
  new Map(
    resources.documents.flatMap(({ rule: { route } }) =>
      route.path === undefined || route.document === undefined
        ? []
        : [[route.path, JSON.parse(Buffer.from(route.document.body).toString('utf8')) as Members]],
    ),
  );

/** Entries for a document that only one side has. On the `other` side, requests for it match a route. */
function entriesOf(path: string, other: Side, change: 'new' | 'gone'): Entry[] {
  const isNew = change === 'new';
  const turned = (effect: Effect, served: string): Pick<Entry, 'effect' | 'certain' | 'now' | 'was'> => ({
    effect: isNew || effect === 'forwards' ? effect : effect === 'opens' ? 'closes' : 'opens',
    certain: true,
    ...(isNew ? { now: served, was: ROUTED } : { now: ROUTED, was: served }),
  });
  const routeFor = (method: string) => {
    const judged = other.judgePath(method, path);
    return isPathProblem(judged) ? undefined : other.ruleOf(method, spell(path))?.route;
  };
  const arePagesLimited = other.config.resourceAt?.(path)?.allowedOrigins !== undefined;
  const posted = other.judgePath('POST', path);
  const areStreamsRejected = !isPathProblem(posted) && posted.candidates !== undefined && !posted.reportOnly;
  const served = (requests: string, route: Route | undefined, caller: string): Entry[] => {
    const passes = route !== undefined && letsAnybodyThrough(route);
    const entry = { requests: [requests], caller };
    if (!passes) return [{ ...turned('opens', SERVED), ...entry }];
    const rejected = route.reportOnly
      ? []
      : [
          ...(route.providers.length > 0 ? ['with a token that its route does not accept'] : []),
          ...(arePagesLimited ? ['from a page that its resource does not allow'] : []),
          ...(areStreamsRejected && requests.startsWith('GET') ? ['for an event stream'] : []),
        ];
    return [
      { ...turned('forwards', SERVED), ...entry },
      ...rejected.map((who) => ({ ...turned('opens', SERVED), ...entry, caller: who })),
    ];
  };
  const others = METHODS.filter((method) => method !== 'GET' && method !== 'HEAD');
  const isTaken = others.some((method) => {
    const judged = other.judgePath(method, path);
    return !isPathProblem(judged) && letsThrough(judged);
  });
  return [
    ...served(`GET ${path}`, routeFor('GET'), ''),
    ...served(`OPTIONS ${path}`, routeFor('OPTIONS'), 'that is a CORS preflight'),
    ...(isTaken
      ? [{ ...turned('closes', NOT_ALLOWED), requests: [`any method but GET ${path}`], caller: '' }]
      : []),
  ];
}

const letsAnybodyThrough = ({ allowAnonymous, missing, reportOnly }: Route): boolean =>
  reportOnly || (allowAnonymous && !missing);
