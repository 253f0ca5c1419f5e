import type { Config } from '../../lambda/core/config/config.ts';
import { stepsOf } from '../../lambda/core/config/paths.ts';
import type { PolicyDocument, RouteDocument } from '../../lambda/core/config/policy-schema.ts';
import { parseRoute } from '../../lambda/core/config/routes.ts';
import { wholePolicy } from '../../lambda/core/config/sound-policy.ts';
import { STEP_NAMES } from '../../lambda/core/paths/steps.ts';
import { DEFAULT_PROVIDER, issuersOf, type Provider } from '../../lambda/core/provider.ts';
import type { RouteRule } from '../../lambda/core/routes/match.ts';
import { isOpen, type Route } from '../../lambda/core/routes/route.ts';
import { issuerDifference } from '../issuer-difference.ts';
import { leftOut } from '../path-steps.ts';
import { corsWarnings } from './cors-warnings.ts';
import { keyEndpointWarnings } from './key-endpoint-warnings.ts';
import { overlapWarnings } from './overlap-warnings.ts';
import { ruleWarnings } from './rule-warnings.ts';

/** What is valid and still most likely not meant, or worth knowing before it is in force. */
export function warningsOf(document: PolicyDocument, config: Config): string[] {
  const hasDefault = config.providers.some(({ name }) => name === DEFAULT_PROVIDER);
  // Without a default provider, what no route matches is denied whatever the policy says.
  const policy: PolicyDocument = hasDefault ? document : { ...document, unmatched: 'deny' };
  return [
    ...config.warnings,
    ...openRoutes(policy),
    ...strictRoutes(policy, config.providers),
    ...readingsLeftOut(policy),
    ...keyEndpointWarnings(config.providers),
    ...unusedProviders(policy),
    ...similarIssuers(config),
    ...overlapWarnings(policy, config.providers),
    ...ruleWarnings(policy),
    ...methodsBesidePost(policy),
    ...preflightsNotTaken(policy),
    ...corsWarnings(policy),
  ];
}

/** A route as people tell it: its methods and pattern. */
export const routeName = ({ methods, path }: RouteDocument): string =>
  `${methods === undefined ? '' : `${methods.join(', ')} `}${path}`;

/** The routes of a policy that is valid, with the methods and paths that they are matched by. */
export function rulesOf(policy: PolicyDocument, providers: readonly Provider[]): RouteRule[] {
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  const context = {
    providers: byName,
    areAllKnown: true,
    hasDefault: byName.has(DEFAULT_PROVIDER),
    policy,
    steps: stepsOf(wholePolicy(policy)),
  };
  return (policy.routes ?? []).flatMap((route, index) => {
    const rule = parseRoute(route, index, context);
    return 'value' in rule ? rule.value : [];
  });
}

function openRoutes({ routes = [], mode }: PolicyDocument): string[] {
  const warnings = routes.flatMap((route, index) => {
    const place = `routes.${index} (${routeName(route)})`;
    const anonymous = route.onUnauthenticatedRequest === 'allow';
    return [
      ...(anonymous ? [`${place} lets requests without credentials go on, without an identity`] : []),
      ...((route.mode ?? mode) === 'report-only'
        ? [
            `${place} is report-only: what it would reject goes on, without an identity` +
              (anonymous ? '' : coveredOnceEnforced(route)),
          ]
        : []),
    ];
  });
  const rest = 'requests that no route matches are report-only: what would be rejected goes on';
  return mode === 'report-only' ? [...warnings, rest] : warnings;
}

/** A slash at the end does not decide, unless that would open more than a route names. */
function coveredOnceEnforced({ path }: RouteDocument): string {
  if (path.endsWith('/') || path === '/*' || (path.endsWith('*') && !path.endsWith('/*'))) return '';
  const also = path.endsWith('/*') ? path.slice(0, -2) : `${path}/`;
  return `; once it is enforced it covers ${also} as well`;
}

/** Where a route asks for more than any token, a path that just misses it should not be let through for less. */
function strictRoutes(policy: PolicyDocument, providers: readonly Provider[]): string[] {
  const strict = rulesOf(policy, providers).find(({ route }) => isStricterThanDefault(route));
  const document = policy.routes?.[strict?.index ?? -1];
  if (policy.unmatched !== undefined || strict === undefined || document === undefined) return [];
  return [
    `routes.${strict.index} (${routeName(document)}) asks for more than a token of the default provider, which is ` +
      'all that a request needs whose path or method no route has: "unmatched": "deny" refuses those',
  ];
}

function isStricterThanDefault(route: Route): boolean {
  const { providers, scopes, claims } = route;
  const wanted = 'all' in scopes ? scopes.all : scopes.any;
  const others = providers.every(({ name }) => name !== DEFAULT_PROVIDER);
  return !isOpen(route) && (others || wanted.length > 0 || claims.length > 0);
}

const readingsLeftOut = ({ paths }: PolicyDocument): string[] => {
  const kept = paths?.readings;
  return kept === undefined ? [] : STEP_NAMES.filter((name) => !kept.includes(name)).map(leftOut);
};

function unusedProviders({ providers = {}, routes = [] }: PolicyDocument): string[] {
  const used = new Set([DEFAULT_PROVIDER, ...routes.flatMap((route) => route.providers ?? [])]);
  return Object.keys(providers)
    .filter((name) => !used.has(name))
    .map((name) => `providers.${name} is named by no route, so none of its credentials is accepted`);
}

function similarIssuers({ providers }: Config): string[] {
  const issuers = providers.flatMap((provider) =>
    issuersOf(provider).map((issuer) => ({ issuer, name: provider.name })),
  );
  return issuers.flatMap(({ issuer, name }, index) =>
    issuers.slice(index + 1).flatMap((other) => {
      if (issuerDifference(issuer, other.issuer) === undefined) return [];
      return `the issuers ${issuer} of ${name} and ${other.issuer} of ${other.name} are almost the same; a token is of just one of them`;
    }),
  );
}

/** A preflight is an OPTIONS request (Fetch §4.8), so a route has to take those to let one through. */
const preflightsNotTaken = ({ routes = [] }: PolicyDocument): string[] =>
  routes.flatMap((route, index) =>
    route.corsPreflight === 'allow' && route.methods?.includes('OPTIONS') === false
      ? `routes.${index} (${routeName(route)}) allows preflights but takes none, because its methods lack OPTIONS: add it`
      : [],
  );

/** Frameworks let a form that is POSTed name another method (`_method=DELETE`), and no header field shows it. */
function methodsBesidePost({ routes = [], unmatched }: PolicyDocument): string[] {
  if (unmatched === 'deny') return [];
  const takesPost = (path: string) =>
    routes.some((route) => route.path === path && (route.methods?.includes('POST') ?? true));
  return routes.flatMap((route, index) => {
    const overridable = (route.methods ?? []).filter((method) => ['PUT', 'PATCH', 'DELETE'].includes(method));
    if (overridable.length === 0 || takesPost(route.path)) return [];
    return `routes.${index} (${routeName(route)}) does not cover POST: an upstream that honours "_method=${overridable[0]}" in a form would accept a POST instead; add POST, or a route for it`;
  });
}
