import type { Provider } from '../../../lambda/core/provider.ts';
import type { Route } from '../../../lambda/core/routes/route.ts';
import { routeName } from '../../check-config/route-names.ts';
import { byName, plainOf } from './plain-values.ts';
import { nameKey } from './rule-pairs.ts';
import { isFallback, type Side } from './side.ts';

/** Where the parsed configurations differ: parameters, and places in the policy. Empty where they are equal. */
export function changedFields(before: Side, after: Side): string[] {
  return [
    ...changesIn('', viewOf(before), viewOf(after), 1),
    ...changesIn('providers', providersOf(before), providersOf(after), 2).map(
      (place) => PARAMETERS[place] ?? place,
    ),
    ...changesIn('revocations', revocationsOf(before), revocationsOf(after), 2),
    ...routeChanges(before, after),
  ];
}

/** What is not of a provider, a route or an issuer's revocations. */
function viewOf({ config, rules, steps }: Side): object {
  const { upstream, upstreamSettings, cors, cookieOrigins, problemTypes, basePaths } = config;
  const fallback = rules.find(isFallback)?.route;
  const { ca: upstreamCa, ...settings } = upstreamSettings;
  return {
    upstream,
    upstreamCa,
    ...settings,
    cors,
    publicOrigins: cookieOrigins,
    problemTypes,
    basePaths,
    'paths.readings': [...new Set(steps.map(({ name }) => name))],
    unmatched: fallback?.missing,
    'unmatched (mode)': fallback?.reportOnly,
    'unmatched (stripPrefix)': fallback?.stripPrefix,
    'unmatched (providers)': fallback?.providers.map(({ name }) => name),
  };
}

const providersOf = ({ config }: Side): object =>
  Object.fromEntries(config.providers.map((provider) => [provider.name, namedAsWritten(provider)]));

/** Under the names that the policy has. */
function namedAsWritten(provider: Provider): object {
  const { name: _, types: typ, places: tokenFrom, requiredClaims, ...rest } = provider;
  return { ...rest, typ, tokenFrom, requiredClaims: byName(requiredClaims) };
}

/** Those of the default provider that have a parameter of their own. */
const PARAMETERS: Readonly<Record<string, string>> = {
  'providers.default.issuers': 'issuer',
  'providers.default.audience': 'audience',
  'providers.default.keys': 'jwks-uri',
};

const revocationsOf = ({ config }: Side): object => Object.fromEntries(config.revocations);

/** Places down to a depth at which two values are not the same. */
function changesIn(place: string, one: unknown, other: unknown, depth: number): string[] {
  const [a, b] = [plainOf(one), plainOf(other)];
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  if (depth === 0 || !isObject(a) || !isObject(b)) return [place];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .sort()
    .flatMap((name) => changesIn(place === '' ? name : `${place}.${name}`, a[name], b[name], depth - 1));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function routeChanges(before: Side, after: Side): string[] {
  const [was, now] = [routesOf(before), routesOf(after)];
  const there = new Map(was.map((route) => [route.key, route]));
  const here = new Set(now.map(({ key }) => key));
  const stayed = (routes: readonly PlacedRoute[], other: { has: (key: string) => boolean }) =>
    routes.map(({ key }) => key).filter((key) => other.has(key));
  const isReordered = stayed(was, here).join() !== stayed(now, there).join();
  return [
    ...was.filter(({ key }) => !here.has(key)).map(({ name }) => `${name}: removed`),
    ...now.filter(({ key }) => !there.has(key)).map(({ name }) => `${name}: added`),
    ...(isReordered ? ['routes: their order'] : []),
    ...now.flatMap(({ key, name, route }) => {
      const same = there.get(key);
      return same === undefined ? [] : changesIn(name, comparable(same.route), comparable(route), 1);
    }),
  ];
}

interface PlacedRoute {
  readonly key: string;
  readonly name: string;
  readonly route: Route;
}

const routesOf = ({ rules, policy }: Side): readonly PlacedRoute[] =>
  rules
    .filter((rule) => !isFallback(rule))
    .map((rule) => {
      const document = policy.routes?.[rule.index];
      const name = document === undefined ? '' : ` (${routeName(document)})`;
      return { key: nameKey(rule), name: `routes.${rule.index}${name}`, route: rule.route };
    });

/** Providers have places of their own, and the order of claims and header fields says nothing. */
const comparable = ({
  providers,
  claims,
  headers,
  allowAnonymous,
  allowPreflight,
  reportOnly,
  ...route
}: Route) => ({
  ...route,
  providers: providers.map(({ name }) => name),
  claims: byName(claims),
  headers: byName(headers),
  onUnauthenticatedRequest: allowAnonymous,
  corsPreflight: allowPreflight,
  mode: reportOnly,
});
