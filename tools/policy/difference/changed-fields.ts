import { hasKeySet, type Provider, trustOf } from '../../../lambda/core/provider.ts';
import type { Route } from '../../../lambda/core/routes/route.ts';
import { routeName } from '../../check-config/route-names.ts';
import { resourceChanges } from './changed-resources.ts';
import { changesIn } from './changes-in.ts';
import { byName } from './plain-values.ts';
import { matchKey, nameKey } from './rule-pairs.ts';
import type { Side } from './side.ts';
import { isFallback, isWritten } from './side-rule.ts';

/** Where the parsed configurations differ: parameters, and places in the policy. Empty if they are equal. */
export function changedFields(before: Side, after: Side): string[] {
  return [
    ...changesIn('', viewOf(before), viewOf(after), 1),
    ...changesIn('providers', providersOf(before), providersOf(after), 2).map(
      (place) => PARAMETERS[place] ?? place,
    ),
    ...changesIn('revocations', revocationsOf(before), revocationsOf(after), 2),
    ...routeChanges(before, after),
    ...resourceChanges(before, after),
  ];
}

/** Everything that belongs to no provider, route or issuer's revocations. */
function viewOf({ config, rules, steps }: Side): object {
  const { upstream, upstreamSettings, cors, cookieOrigins, problemTypes, basePaths } = config;
  const fallback = rules.find(isFallback)?.route;
  const { ca: upstreamCa, ...settings } = upstreamSettings;
  // The origins of `cors` are listed there, and only there.
  const isOfCors = (origin: string) =>
    cors?.credentials === true && cors.origins !== '*' && cors.origins.has(origin);
  return {
    upstream,
    upstreamCa,
    ...settings,
    cors,
    publicOrigins: cookieOrigins.filter((origin) => !isOfCors(origin)),
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

/** A provider under the member names of the policy. */
function namedAsWritten(provider: Provider): object {
  const { ca, insecureHttp = false } = trustOf(provider);
  const written = {
    typ: provider.types,
    tokenFrom: provider.places,
    requiredClaims: byName(provider.requiredClaims),
    ca,
    insecureHttp,
  };
  if (hasKeySet(provider)) {
    const { name: _, types, places, issuers, keys, ...rest } = provider;
    return {
      ...rest,
      ...written,
      [provider.type === 'spiffe' ? 'trustDomain' : 'issuer']: issuers,
      jwks: keys.kind === 'inline' ? keys.set : undefined,
      // Whose document it is follows from the issuer.
      jwksUri: keys.kind === 'url' ? keys.url : keys.kind,
    };
  }
  const { name: _, types, places, signer, trust, ...rest } = provider;
  return {
    ...rest,
    ...written,
    [provider.type === 'alb-oidc' ? 'loadBalancerArn' : 'instanceArn']: signer,
  };
}

/** The parameters that set the default provider. Without an issuer there is no default provider. */
const PARAMETERS: Readonly<Record<string, string>> = {
  'providers.default': 'issuer',
  'providers.default.issuer': 'issuer',
  'providers.default.audience': 'audience',
  'providers.default.jwksUri': 'jwks-uri',
};

const revocationsOf = ({ config }: Side): object => Object.fromEntries(config.revocations);

function routeChanges(before: Side, after: Side): string[] {
  const [was, now] = [routesOf(before, after), routesOf(after, before)];
  const there = new Map(was.map((route) => [route.key, route]));
  const here = new Set(now.map(({ key }) => key));
  const stayed = (routes: readonly PlacedRoute[], other: { has: (key: string) => boolean }) =>
    routes.map(({ key }) => key).filter((key) => other.has(key));
  const isReordered = stayed(was, here).join() !== stayed(now, there).join();
  return [
    ...was.filter(({ key }) => !here.has(key)).map(({ name }) => `${name}: removed`),
    ...now.filter(({ key }) => !there.has(key)).map(({ name }) => `${name}: added`),
    ...(isReordered ? ['routes: order'] : []),
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

/** On both sides, routes get the same key if they match the same requests, or failing that, if they name the same paths. */
function routesOf({ rules, policy }: Side, other: Side): readonly PlacedRoute[] {
  const matched = new Set(other.rules.map(matchKey));
  return rules.filter(isWritten).map((rule) => {
    const document = policy.routes?.[rule.index];
    const name = document === undefined ? '' : ` (${routeName(document)})`;
    const key = matched.has(matchKey(rule)) ? matchKey(rule) : `${nameKey(rule)} otherwise`;
    return { key, name: `routes.${rule.index}${name}`, route: rule.route };
  });
}

/** Providers are compared separately, and the order of claims and header fields has no meaning. */
const comparable = ({
  providers,
  claims,
  headers,
  allowAnonymous,
  allowPreflight,
  reportOnly,
  authentication,
  document: _,
  ...route
}: Route) => ({
  ...route,
  providers: providers.map(({ name }) => name),
  claims: byName(claims),
  headers: byName(headers),
  onUnauthenticatedRequest: allowAnonymous,
  corsPreflight: allowPreflight,
  mode: reportOnly,
  acr: authentication?.acr,
  maxAuthAgeSeconds: authentication?.maxAgeSeconds,
});
