import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import type { Options } from './options.ts';

/** Where a policy from a file contradicts the options that it is deployed with. */
export function disagreements(document: PolicyDocument, options: Options): readonly string[] {
  return [
    ...(options.nativePreFilter ? beyondNative(document) : []),
    ...(options.cognito ? besideCognito(document) : []),
    ...(options.functionEgress ? [] : withoutEgress(document)),
    ...(options.authorizer ? besideAuthorizer(document) : []),
    ...(options.authorizerCache ? besideCache(document) : []),
  ].map((problem) => `policy: ${problem}`);
}

/** What the policy allows but the load balancer would reject before the function sees it. */
function beyondNative({ mode, cors, providers = {}, routes = [] }: PolicyDocument): string[] {
  const problems: string[] = [];
  const { default: refinement } = providers;
  const others = refinement?.type === 'jwks' ? refinement.algorithms?.filter((alg) => alg !== 'RS256') : [];
  if (others !== undefined && others.length > 0) {
    problems.push(
      `providers.default.algorithms: ${others.join(', ')} cannot pass nativePreFilter, which takes RS256 only`,
    );
  }
  if (refinement !== undefined && hasTokensElsewhere(refinement)) {
    problems.push(
      'providers.default.tokenFrom: only bearer tokens in Authorization pass nativePreFilter; leave it out',
    );
  }
  const denied =
    'cannot pass nativePreFilter, which rejects every request without a valid token of nativeIssuer';
  if (mode === 'report-only') problems.push(`mode: report-only ${denied}`);
  // The load balancer responds to a preflight with its own 401, and browsers then do not send the request.
  if (cors !== undefined) problems.push(`cors: a preflight, which never has a token, ${denied}`);
  for (const [index, route] of routes.entries()) {
    const place = `routes.${index}`;
    if (route.onUnauthenticatedRequest === 'allow')
      problems.push(`${place}.onUnauthenticatedRequest: allow ${denied}`);
    if (route.corsPreflight === 'allow') problems.push(`${place}.corsPreflight: allow ${denied}`);
    if (route.mode === 'report-only') problems.push(`${place}.mode: report-only ${denied}`);
    const foreign = route.providers?.filter((name) => name !== 'default') ?? [];
    if (foreign.length > 0) problems.push(`${place}.providers: ${foreign.join(', ')} ${denied}`);
  }
  return problems;
}

type ProviderDocument = NonNullable<PolicyDocument['providers']>[string];

/** Whether a provider's tokens may come from anywhere but Authorization, as bearer tokens. */
const hasTokensElsewhere = (provider: ProviderDocument): boolean =>
  provider.type === 'jwks' || provider.type === 'spiffe'
    ? (provider.tokenFrom?.some((place) => !isBearer(place)) ?? false)
    : true;

type Place = NonNullable<Extract<ProviderDocument, { tokenFrom?: unknown }>['tokenFrom']>[number];

const isBearer = (place: Place): boolean =>
  'header' in place && /^authorization$/i.test(place.header) && /^bearer$/i.test(place.scheme ?? '');

/** The authorizer rejects such a policy, although the function behind the load balancer would accept it. */
const besideAuthorizer = ({ routes = [] }: PolicyDocument): string[] =>
  routes.flatMap(({ mcp }, index) =>
    mcp === undefined
      ? []
      : `routes.${index}.mcp: needs the body, which the function of authorizer=true does not get`,
  );

/** The authorizer rejects such a policy, because its API caches results by Authorization only. */
function besideCache({
  providers = {},
  routes = [],
  resources = [],
  publicOrigins = [],
  cors,
}: PolicyDocument): string[] {
  const pages = [...publicOrigins, ...(cors?.origins ?? [])];
  const isForSome = (origins: readonly string[]): boolean => origins.length > 0 && !origins.includes('*');
  return [
    ...Object.entries(providers)
      .filter(([, provider]) => hasTokensElsewhere(provider))
      .map(
        ([name]) =>
          `providers.${name}: its tokens may come from elsewhere than Authorization, the only cache key with authorizerCache=true`,
      ),
    ...routes.flatMap(({ maxAuthAgeSeconds }, index) =>
      maxAuthAgeSeconds === undefined
        ? []
        : `routes.${index}.maxAuthAgeSeconds: a login can become too old while a response is cached with authorizerCache=true`,
    ),
    ...resources.flatMap(({ allowedOrigins = pages }, index) =>
      isForSome(allowedOrigins)
        ? `resources.${index}.allowedOrigins: all pages share the cached responses with authorizerCache=true; set this to ["*"], or leave authorizerCache out`
        : [],
    ),
  ];
}

/** Access tokens of Cognito have no "aud": without this the function would reject all of them. */
function besideCognito({ providers = {} }: PolicyDocument): string[] {
  const { default: refinement } = providers;
  return refinement?.type === 'jwks' && refinement.audienceClaim === 'client_id'
    ? []
    : [
        'providers.default: must have "type": "jwks" and "audienceClaim": "client_id" with cognito=true, because access tokens of Cognito have no "aud"',
      ];
}

/**
 * The snapshot has no keys of signed headers, because the function fetches each by the `kid` that a request names. It has
 * none that are fetched over plain http either, because the keeper is outside their network.
 */
function withoutEgress({ providers = {} }: PolicyDocument): string[] {
  return Object.entries(providers).flatMap(([name, { type, insecureHttp }]) => {
    if (type === 'verified-access' || type === 'alb-oidc') {
      return `providers.${name}: ${type} cannot work with functionEgress=false, because the function fetches its keys as requests arrive`;
    }
    return insecureHttp === true
      ? `providers.${name}.insecureHttp: cannot work with functionEgress=false, because the keeper is outside your network`
      : [];
  });
}
