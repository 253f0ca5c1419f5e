import { createHash } from 'node:crypto';
import { isBearerPlace } from '../credentials/place.ts';
import type { PublishedDocument } from '../resources/document.ts';
import { issuersOf, type Provider } from '../provider.ts';
import { bare, opensExactly, type Patterns, type RouteRule, withAndWithoutSlash } from '../routes/match.ts';
import { subsumes } from '../routes/pattern-subsumption.ts';
import { patternsMeet } from '../routes/patterns-meet.ts';
import type { Route } from '../routes/route.ts';
import type { ResourceDocument } from './resources-schema.ts';
import { issuerProblem } from './resource-url.ts';

/** The scopes that clients request to get those that tokens have. `offline_access` is never one of them. */
export function advertisedScopes({ advertisedScopes: names = {} }: ResourceDocument) {
  const byScope = new Map(Object.entries(names));
  return (scopes: readonly string[]): readonly string[] => {
    const advertised = new Set(scopes.map((scope) => byScope.get(scope) ?? scope));
    // A client that wants refresh tokens requests this scope by itself (OpenID Connect Core §11).
    advertised.delete('offline_access');
    return [...advertised];
  };
}

/** The document of a resource (RFC 9728 §2), made from the policy alone. Members that would be empty are left out. */
export function publish(document: ResourceDocument, providers: readonly Provider[]): PublishedDocument {
  const { resource, name, documentation, scopes = [] } = document;
  const scopesSupported = advertisedScopes(document)(scopes);
  const servers = document.authorizationServers ?? authorizationServers(providers);
  const takesBearer = providers.some(({ places }) => places.some(isBearerPlace));
  const members = {
    resource,
    ...(servers.length > 0 && { authorization_servers: servers }),
    ...(scopesSupported.length > 0 && { scopes_supported: scopesSupported }),
    ...(takesBearer && { bearer_methods_supported: ['header'] }),
    ...(name !== undefined && { resource_name: name }),
    ...(documentation !== undefined && { resource_documentation: documentation }),
  };
  const body = Buffer.from(JSON.stringify(members));
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return { body, etag };
}

/**
 * The issuers that a client can get a token from. Nobody asks AWS for its signed headers, or an issuer for a
 * workload's identity.
 */
export const authorizationServers = (providers: readonly Provider[]): readonly string[] => [
  ...new Set(
    providers
      .filter(({ type }) => type === 'jwks')
      .flatMap(issuersOf)
      .filter((issuer) => issuerProblem(issuer) === undefined),
  ),
];

/**
 * The routes that requests to a resource can take, in the policy's order: those that share a path with it, up to one
 * that covers all of its paths with any method. `fallback` comes last, unless some route names all of these paths with
 * any method. If that route is open, a slash at the end still leads to `fallback`, but no client adds one.
 */
export function routesOfResource(
  patterns: Pick<Patterns, 'exact'>,
  rules: readonly RouteRule[],
  fallback: Route,
): readonly Route[] {
  const own = patterns.exact.flatMap(bare);
  const routes: Route[] = [];
  let areNamed = false;
  for (const rule of rules) {
    const isExact = opensExactly(rule);
    const theirs = isExact ? rule.patterns.exact : rule.patterns.exact.flatMap(bare);
    if (!own.some((one) => theirs.some((other) => patternsMeet(one, other)))) continue;
    routes.push(rule.route);
    const takesAll = (some: readonly string[]) =>
      rule.methods === undefined && some.every((one) => theirs.some((other) => subsumes(other, one)));
    if (takesAll(isExact ? own.flatMap(withAndWithoutSlash) : own)) return routes;
    areNamed ||= takesAll(own);
  }
  return fallback.missing || areNamed ? routes : [...routes, fallback];
}
