import { isCanonicalPath, matchablePath } from '../http/path.ts';
import { DEFAULT_PROVIDER, type Provider } from '../provider.ts';
import type { RouteRule } from '../routes/match.ts';
import type { Route } from '../routes/route.ts';
import type { Upstream } from '../upstream.ts';
import { type Parsed, parsed } from './parsed.ts';
import type { PolicyDocument, RouteDocument } from './policy-schema.ts';
import { parseUpstream } from './upstream.ts';

/** Identity headers that every route sends, and whose names a route cannot use for others. */
const BUILT_IN = ['provider', 'issuer', 'subject', 'client-id', 'scope'].map((name) => `x-jwt-${name}`);

/** The policy's entry of a route, with its providers by name. */
export function parseRoute(
  document: RouteDocument,
  providers: ReadonlyMap<string, Provider>,
  mode: PolicyDocument['mode'],
): Parsed<RouteRule> {
  const problems: string[] = [];
  const names = document.providers ?? [DEFAULT_PROVIDER];
  for (const name of names) {
    if (!providers.has(name)) {
      problems.push(`providers: there is no provider ${name}; there is ${[...providers.keys()].join(', ')}`);
    }
  }
  // A pattern that no canonical path can match is a route that protects nothing.
  if (!isCanonicalPath(document.path.replaceAll('?', 'x'))) {
    problems.push('path: matches no canonical path (dot or empty segments, needless escapes, ";")');
  }
  if (/%2a/i.test(document.path)) problems.push('path: has an escaped *, which only ? can stand for');
  for (const field of Object.keys(document.headers ?? {})) {
    if (BUILT_IN.includes(field)) problems.push(`headers.${field}: is sent with every identity already`);
  }
  const upstream = document.upstream === undefined ? undefined : parseUpstream(document.upstream);
  if (upstream && 'problems' in upstream) {
    problems.push(...upstream.problems.map((message) => `upstream: ${message}`));
  }
  if (problems.length > 0 || (upstream && !('value' in upstream))) return { problems };
  const route = routeOf(
    document,
    names.flatMap((name) => providers.get(name) ?? []),
    mode,
    upstream?.value,
  );
  return parsed({ path: matchablePath(document.path), methods: methodsOf(document), route });
}

/** HEAD is GET without the body (RFC 9110 §9.3.2), so it must not slip past a route for GET. */
function methodsOf({ methods }: RouteDocument): ReadonlySet<string> | undefined {
  return methods && new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods);
}

/** The route of requests that no other matches: the default provider must accept them. */
export const fallbackRoute = (provider: Provider, mode: PolicyDocument['mode']): Route =>
  routeOf({}, [provider], mode);

function routeOf(
  document: Partial<RouteDocument>,
  providers: readonly Provider[],
  mode: PolicyDocument['mode'],
  upstream?: Upstream,
): Route {
  const { scopes = [] } = document;
  return {
    path: document.path,
    providers,
    allowAnonymous: document.onUnauthenticatedRequest === 'allow',
    allowPreflight: document.corsPreflight === 'allow',
    reportOnly: (document.mode ?? mode) === 'report-only',
    scopes: Array.isArray(scopes) ? { all: scopes } : scopes,
    claims: Object.entries(document.claims ?? {}),
    headers: Object.entries(document.headers ?? {}),
    stripToken: document.stripToken ?? false,
    upstream,
  };
}
