import type { Step } from '../paths/steps.ts';
import { MAX_CANDIDATES } from '../authenticate.ts';
import { compileCondition } from '../mcp/mcp-condition.ts';
import { ISSUER_SOURCES, issuerSourceOf } from '../jwt/issuer.ts';
import { DEFAULT_PROVIDER, issuersOf, type Provider } from '../provider.ts';
import type { PublishedDocument } from '../resources/document.ts';
import { opensExactly, type RouteRule } from '../routes/match.ts';
import { literalPrefix } from '../routes/pattern.ts';
import { isOpen, type Route } from '../routes/route.ts';
import type { Upstream } from '../upstream.ts';
import type { DefaultProvider } from './default-provider.ts';
import { type Parsed, parsed } from './parsed.ts';
import { mcpRouteProblems } from './mcp-routes.ts';
import { nearestName } from './nearest-name.ts';
import type { PolicyDocument, RouteDocument } from './policy-schema.ts';
import { NO_ISSUER } from './providers.ts';
import { routePatterns } from './route-patterns.ts';
import { parseUpstream } from './upstream.ts';

/** Identity headers that every route sends. A route cannot use their names for others. */
const BUILT_IN = ['provider', 'issuer', 'subject', 'client-id', 'scope'].map((name) => `x-jwt-${name}`);

/** It would be `claims` in an authorizer's context, a name that API Gateway reserves. */
const RESERVED = 'x-jwt-claims';

/** What a route needs from the rest of the policy. */
export interface RouteContext {
  /** By name; undefined for one that has problems of its own. */
  readonly providers: ReadonlyMap<string, Provider | undefined>;
  /** Whether these are all the providers. */
  readonly areAllKnown: boolean;
  /** Whether there is a default provider, or is meant to be one. */
  readonly hasDefault: boolean;
  readonly policy: PolicyDocument;
  readonly steps: readonly Step[];
}

export function parseRoute(
  document: RouteDocument,
  index: number,
  { providers, areAllKnown, hasDefault, policy, steps }: RouteContext,
): Parsed<RouteRule> {
  const problems: string[] = [];
  const names = document.providers ?? (hasDefault ? [DEFAULT_PROVIDER] : []);
  const there = [...providers.keys()].join(', ');
  for (const name of new Set(names)) {
    if (providers.has(name) || !areAllKnown) continue;
    const near = nearestName(name, [...providers.keys()]);
    const advice = near === undefined ? `choose from ${there}` : `did you mean ${near}?`;
    problems.push(
      `providers: there is no provider ${name}; ${there === '' ? 'the policy has none' : advice}`,
    );
  }
  if (names.length === 0 && document.onUnauthenticatedRequest !== 'allow') {
    problems.push(
      `providers: is missing, and there is no default provider, because "issuer" is "${NO_ISSUER}": ${there === '' ? 'give the policy a provider, and name it here' : `name one or more of ${there}`}`,
    );
  }
  for (const field of Object.keys(document.headers ?? {})) {
    if (BUILT_IN.includes(field)) problems.push(`headers.${field}: is sent with every identity already`);
    if (field === RESERVED) {
      problems.push(
        `headers.${field}: is reserved by API Gateway; choose another name, such as x-jwt-all-claims`,
      );
    }
  }
  const own = names.flatMap((name) => providers.get(name) ?? []);
  const crowded = own.length === names.length ? tooManyCandidates(own) : undefined;
  if (crowded !== undefined) problems.push(`providers: ${crowded}`);
  const upstream = document.upstream === undefined ? undefined : parseUpstream(document.upstream);
  if (upstream && 'problems' in upstream) {
    problems.push(...upstream.problems.map((message) => `upstream: ${message}`));
  }
  const route = routeOf(document, own, policy, upstream && 'value' in upstream ? upstream.value : undefined);
  if (!canBeginWith(document.path, route.stripPrefix)) {
    problems.push(`path: matches nothing that begins with the stripPrefix ${route.stripPrefix}`);
  }
  if (isOpen(route) && /[*?]\/$/.test(document.path)) {
    problems.push(
      'path: ends in a wildcard and a slash, which most servers ignore: leave the slash out to open what the wildcard stands for',
    );
  }
  problems.push(...mcpRouteProblems(document));
  const patterns = routePatterns(document.path, steps);
  if ('problems' in patterns) {
    problems.push(...patterns.problems.map((message) => `path: ${message}`));
  } else if (opensExactly({ route, patterns: patterns.value }) && patterns.value.exact.some(endsInSlash)) {
    problems.push(
      'path: ends in an escaped slash, which most servers decode and then ignore, so every path it matches is rejected: leave the slash out',
    );
  }
  if (problems.length > 0 || 'problems' in patterns) return { problems };
  return parsed({ index, patterns: patterns.value, methods: methodsOf(document), route });
}

const endsInSlash = (pattern: string): boolean => pattern.endsWith('/');

/**
 * Counts how many providers one token can be from: for each claim that names an issuer, all providers that share the
 * issuer.
 */
function tooManyCandidates(providers: readonly Provider[]): string | undefined {
  const largest = ISSUER_SOURCES.map((source) => {
    const issuers = providers.filter((one) => issuerSourceOf(one) === source).flatMap(issuersOf);
    const counts = issuers.map((issuer) => ({
      issuer,
      count: issuers.filter((one) => one === issuer).length,
    }));
    return counts.reduce((most, one) => (one.count > most.count ? one : most), { issuer: '', count: 0 });
  }).filter(({ count }) => count > 0);
  const most = largest.reduce((sum, { count }) => sum + count, 0);
  if (most <= MAX_CANDIDATES) return undefined;
  const shared = largest.map(({ issuer, count }) => `${count} share the issuer ${issuer}`).join(' and ');
  return `${shared}, but a token is tried with at most ${MAX_CANDIDATES}: spread them over several routes, or merge those that differ only in audience`;
}

/** Whether some path that the pattern matches can begin with these segments. */
function canBeginWith(pattern: string, prefix: string): boolean {
  const literal = literalPrefix(pattern);
  if (literal.length < pattern.length && prefix.startsWith(literal)) return true;
  return literal.startsWith(prefix) && /^(?:$|[/*?])/.test(pattern.slice(prefix.length));
}

/** HEAD is GET without the body (RFC 9110 §9.3.2), so a route for GET must cover it. An MCP message is a POST. */
function methodsOf({ methods, mcp }: RouteDocument): ReadonlySet<string> | undefined {
  if (mcp !== undefined) return new Set(['POST']);
  return methods && new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods);
}

/** The route of requests that no other route matches: the default provider must accept them, or they are rejected. */
export const fallbackRoute = (provider: DefaultProvider, policy: PolicyDocument): Route => ({
  ...routeOf({}, typeof provider === 'object' ? [provider] : [], policy),
  missing: policy.unmatched === 'deny' || provider === 'none',
});

function routeOf(
  document: Partial<RouteDocument>,
  providers: readonly Provider[],
  policy: PolicyDocument,
  upstream?: Upstream,
): Route {
  const { scopes = [] } = document;
  return {
    path: document.path,
    missing: false,
    providers,
    allowAnonymous: document.onUnauthenticatedRequest === 'allow',
    allowPreflight: document.corsPreflight === 'allow',
    reportOnly: (document.mode ?? policy.mode) === 'report-only',
    scopes: Array.isArray(scopes) ? { all: scopes } : scopes,
    claims: Object.entries(document.claims ?? {}),
    authentication: levelOf(document),
    headers: Object.entries(document.headers ?? {}),
    stripToken: document.stripToken ?? false,
    upstream,
    stripPrefix: document.stripPrefix ?? policy.stripPrefix ?? '',
    document: undefined,
    mcp: document.mcp && compileCondition(document.mcp),
  };
}

function levelOf({ acr = [], maxAuthAgeSeconds }: Partial<RouteDocument>): Route['authentication'] {
  const accepted = typeof acr === 'string' ? [acr] : acr;
  return accepted.length === 0 && maxAuthAgeSeconds === undefined
    ? undefined
    : { acr: accepted, maxAgeSeconds: maxAuthAgeSeconds };
}

/**
 * The route of requests for a document that is served here. It covers exactly this path: open routes match no other.
 */
export const documentRoute = (path: string, document: PublishedDocument): Route => ({
  ...routeOf({ path, onUnauthenticatedRequest: 'allow' }, [], {}),
  document,
});
