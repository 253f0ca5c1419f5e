import type { Config } from '../../lambda/core/config/config.ts';
import { stepsOf } from '../../lambda/core/config/paths.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { authorizationServers, routesOfResource } from '../../lambda/core/config/resource-document.ts';
import type { ResourceDocument } from '../../lambda/core/config/resources-schema.ts';
import { routePatterns } from '../../lambda/core/config/route-patterns.ts';
import { fallbackRoute } from '../../lambda/core/config/routes.ts';
import { wholePolicy } from '../../lambda/core/config/sound-policy.ts';
import { ofPolicy, type Warning } from '../../lambda/core/config/warning.ts';
import { DEFAULT_PROVIDER, hasKeySet, type Provider } from '../../lambda/core/provider.ts';
import { bare } from '../../lambda/core/routes/match.ts';
import { matchesPattern } from '../../lambda/core/routes/pattern.ts';
import { listed } from '../explain/format.ts';
import { rulesOf } from './route-names.ts';

/** What is valid in `resources` but keeps clients from discovering where to get a token. */
export function resourceWarnings(policy: PolicyDocument, { providers }: Config): Warning[] {
  const { resources = [] } = policy;
  if (resources.length === 0) return [];
  const rules = rulesOf(policy, providers);
  const fallback = fallbackRoute(providers.find(({ name }) => name === DEFAULT_PROVIDER) ?? 'none', policy);
  const steps = stepsOf(wholePolicy(policy));
  return resources.flatMap((resource, index) => {
    const patterns = routePatterns(resource.path, steps);
    if ('problems' in patterns) return [];
    const { exact } = patterns.value;
    const routes = routesOfResource({ exact }, rules, fallback);
    const required = new Set(routes.flatMap(({ scopes }) => ('all' in scopes ? scopes.all : scopes.any)));
    const own = [...new Set(routes.flatMap((route) => route.providers))];
    return [
      ...beside(resource, exact),
      ...withoutServer(resource, own),
      ...otherAudience(resource, own),
      ...unrequiredScopes(resource, required),
    ].map(([kind, place, message, subject]) => ({
      ...ofPolicy(kind, `resources.${index}${place}: ${message}`),
      subject: subject === undefined ? resource.resource : `${resource.resource}:${subject}`,
    }));
  });
}

type Found = readonly [kind: string, place: string, message: string, subject?: string];

function beside({ resource, path }: ResourceDocument, exact: readonly string[]): Found[] {
  const { pathname } = new URL(resource);
  const barePath = pathname.replace(/(?<=.)\/+$/, '');
  return exact.flatMap(bare).some((pattern) => matchesPattern(pattern, barePath))
    ? []
    : [
        [
          'resource-path',
          '.path',
          `${path} does not match ${pathname}, the path of ${resource}, so requests to exactly that URL get no challenge that names it: correct one of the two, unless a proxy in front rewrites the path`,
        ],
      ];
}

const withoutServer = (
  { authorizationServers: given }: ResourceDocument,
  providers: readonly Provider[],
): Found[] =>
  given !== undefined || authorizationServers(providers).length > 0
    ? []
    : [
        [
          'resource-server',
          '',
          'none of the providers of its routes has an https issuer, so its document cannot say where to get a token: list "authorizationServers"',
        ],
      ];

/** Clients ask for a token for the resource by its URL (RFC 8707), and issuers put that into "aud". */
function otherAudience({ resource }: ResourceDocument, providers: readonly Provider[]): Found[] {
  const bound = providers.filter(hasKeySet).filter(({ audience }) => audience !== null);
  if (bound.length === 0 || bound.some(({ audience }) => audience?.includes(resource))) return [];
  const accepted = [...new Set(bound.flatMap(({ audience }) => audience ?? []))];
  return [
    [
      'resource-audience',
      '.resource',
      `clients ask for tokens for ${resource}, and the providers of its routes accept only those for ${listed(accepted)}: add that audience, unless the issuer gives its tokens another "aud" regardless of what they ask for`,
    ],
  ];
}

function unrequiredScopes(
  { scopes = [], advertisedScopes = {} }: ResourceDocument,
  required: ReadonlySet<string>,
): Found[] {
  const listedOnly = scopes.filter((scope) => !required.has(scope) && scope !== 'offline_access');
  const unused = Object.keys(advertisedScopes).filter(
    (scope) => !required.has(scope) && !scopes.includes(scope),
  );
  return [
    ...listedOnly.map(
      (scope): Found => [
        'resource-scope',
        '.scopes',
        `none of its routes asks for ${scope}: correct it, unless the upstream checks it`,
        scope,
      ],
    ),
    ...unused.map(
      (scope): Found => [
        'resource-scope',
        '.advertisedScopes',
        `none of its routes asks for ${scope}, and "scopes" lacks it: name scopes as tokens have them, and after the colon as clients ask for them`,
        scope,
      ],
    ),
  ];
}
