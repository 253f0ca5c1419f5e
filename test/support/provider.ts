import { BEARER } from '../../lambda/core/credentials/place.ts';
import { type Source, sourcesOf } from '../../lambda/core/credentials/sources.ts';
import type { KeySetProvider, Provider } from '../../lambda/core/provider.ts';
import type { Route } from '../../lambda/core/routes/route.ts';
import { ALL_ALGORITHMS } from './keys.ts';
import { AUDIENCE, ISSUER } from './tokens.ts';

/** The provider from a world's parameters. */
export const providerOf = (overrides: Partial<KeySetProvider> = {}): KeySetProvider => ({
  type: 'jwks',
  name: 'default',
  places: [BEARER],
  issuers: [ISSUER],
  audience: [AUDIENCE],
  audienceClaim: 'aud',
  algorithms: ALL_ALGORITHMS as KeySetProvider['algorithms'],
  types: ['jwt', 'at+jwt'],
  clockToleranceSeconds: 30,
  maxTokenAgeSeconds: undefined,
  requiredClaims: [],
  scopeClaim: undefined,
  keys: { kind: 'url', url: new URL('https://issuer.example/jwks') },
  ...overrides,
});

/** The route of a request that no entry of the policy matches. */
export const routeOf = (overrides: Partial<Route> = {}): Route => ({
  path: undefined,
  missing: false,
  providers: [providerOf()],
  allowAnonymous: false,
  allowPreflight: false,
  reportOnly: false,
  scopes: { all: [] },
  claims: [],
  authentication: undefined,
  headers: [],
  stripToken: false,
  upstream: undefined,
  stripPrefix: '',
  document: undefined,
  mcp: undefined,
  ...overrides,
});

/** The authorization of a request on a route with these providers. */
export function bearerSource(providers: readonly Provider[]): Source {
  const [source] = sourcesOf(providers, {
    method: 'GET',
    path: '/',
    query: '',
    headers: [],
    body: Buffer.of(),
  });
  if (source === undefined) throw new Error('The providers accept no credential.');
  return source;
}
