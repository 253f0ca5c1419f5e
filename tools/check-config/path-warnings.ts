import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { ofPolicy, type Warning } from '../../lambda/core/config/warning.ts';
import { STEP_NAMES } from '../../lambda/core/paths/steps.ts';
import { patternsMeet } from '../../lambda/core/routes/patterns-meet.ts';
import { listed } from '../explain/format.ts';
import { leftOut } from '../path-steps.ts';
import { placedName } from './route-names.ts';

/** Patterns in the syntax of other tools, and what to write here. */
const FOREIGN: readonly (readonly [pattern: RegExp, what: string, instead: string])[] = [
  [/\/:[A-Za-z_]/, '":" and a name', '* in its place'],
  [/\{[^}]*\}/, 'a name in braces', '* in its place'],
  [/<[^>]*>/, 'a name in angle brackets', '* in its place'],
  [/\/\[[^\]]*\]/, 'a name in brackets', '* in its place'],
  [
    /\/\.[*+]|\([^)]*[|?][^)]*\)|\)\?|\||\^|\$$/,
    'a regular expression',
    '* for any text, and ? for one character',
  ],
  [/,\//, 'several paths', 'a route for each'],
  [/\?[^/?]*=/, 'a query', 'only the path, because queries are not matched'],
  [
    /\/\?$|[a-z]s\?$/,
    '"?" after something optional',
    'a route for each of the two paths, or the path without a slash at its end, which covers it; "?" is just one character',
  ],
];

/** Paths that are probably not what they look like, and ways of reading them that are left out. */
export function pathWarnings(
  policy: PolicyDocument,
  listenerPaths: readonly string[] | undefined,
): Warning[] {
  const { routes = [], paths } = policy;
  const foreign = routes.flatMap(({ path }, index) => {
    const found = FOREIGN.find(([pattern]) => pattern.test(path));
    if (found !== undefined) {
      const [, what, instead] = found;
      return ofPolicy(
        'path-syntax',
        `routes.${index}.path: has ${what}, which means nothing here, where only * and ? are special: use ${instead}`,
      );
    }
    return path.includes('**')
      ? ofPolicy(
          'path-syntax',
          `routes.${index}.path: "**" is the same as "*", which matches slashes as well: write "*"`,
        )
      : [];
  });
  const kept = paths?.readings;
  const readings =
    kept === undefined
      ? []
      : STEP_NAMES.filter((name) => !kept.includes(name)).map((name) => ({
          ...ofPolicy('reading-left-out', leftOut(name)),
          subject: name,
        }));
  return [...foreign, ...outside(policy, listenerPaths), ...readings];
}

/** A route of a WebSocket API, such as `/$connect`, which has no load balancer in front. */
const isOfWebSocket = (path: string): boolean => path.startsWith('/$');

/** Routes for paths that the load balancer never sends. */
function outside({ routes = [] }: PolicyDocument, listenerPaths: readonly string[] | undefined): Warning[] {
  if (listenerPaths === undefined) return [];
  // `/api/*` includes `/api`, because the deployment makes its listener rules that way.
  const sent = listenerPaths.flatMap((path) => (path.endsWith('/*') ? [path, path.slice(0, -2)] : [path]));
  const lost = routes.flatMap((route, index) =>
    isOfWebSocket(route.path) || sent.some((pattern) => patternsMeet(pattern, route.path))
      ? []
      : [placedName(route, index)],
  );
  const [first] = lost;
  if (first === undefined) return [];
  return [
    ofPolicy(
      'path-not-sent',
      `${listed(lost)}: the load balancer sends only ${listed(listenerPaths)}, so no request reaches ${lost.length === 1 ? 'this route' : 'these routes'}: correct it, or put the path into the deployment's option "paths"`,
    ),
  ];
}
