import { type ClaimRule, unmetRule } from '../../lambda/core/claim-rules.ts';
import type { Config } from '../../lambda/core/config/config.ts';
import type { PolicyDocument, RouteDocument } from '../../lambda/core/config/policy-schema.ts';
import { parseRoute } from '../../lambda/core/config/routes.ts';
import { DEFAULT_PROVIDER, issuersOf, type Provider } from '../../lambda/core/provider.ts';
import type { RouteRule } from '../../lambda/core/routes/match.ts';
import { issuerDifference } from '../issuer-difference.ts';
import { subsumes } from '../../lambda/core/routes/pattern-subsumption.ts';

/** What is valid and still most likely not meant, or worth knowing before it is in force. */
export function warningsOf(policy: PolicyDocument, config: Config): string[] {
  return [
    ...config.warnings,
    ...shadowedRoutes(policy, config.providers),
    ...openRoutes(policy),
    ...unusedProviders(policy),
    ...similarIssuers(config),
    ...impossibleRules(policy),
  ];
}

/** A route as people tell it: its methods and pattern. */
export const routeName = ({ methods, path }: RouteDocument): string =>
  `${methods === undefined ? '' : `${methods.join(', ')} `}${path}`;

/** The routes of a policy that is valid, with the methods and paths that they are matched by. */
export function rulesOf({ routes = [], mode }: PolicyDocument, providers: readonly Provider[]): RouteRule[] {
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  return routes.flatMap((route) => {
    const rule = parseRoute(route, byName, mode);
    return 'value' in rule ? rule.value : [];
  });
}

function shadowedRoutes(policy: PolicyDocument, providers: readonly Provider[]): string[] {
  const name = (index: number) => {
    const route = policy.routes?.[index];
    return `routes.${index} (${route === undefined ? '' : routeName(route)})`;
  };
  const rules = rulesOf(policy, providers);
  return rules.flatMap((rule, index) => {
    const by = rules.slice(0, index).findIndex((earlier) => shadows(earlier, rule));
    return by === -1
      ? []
      : `${name(index)} is never reached: ${name(by)} matches all that it does, and comes first`;
  });
}

function shadows(earlier: RouteRule, later: RouteRule): boolean {
  const { methods } = earlier;
  const allMethods =
    methods === undefined ||
    (later.methods !== undefined && [...later.methods].every((method) => methods.has(method)));
  return allMethods && subsumes(earlier.path, later.path);
}

function openRoutes({ routes = [], mode }: PolicyDocument): string[] {
  const warnings = routes.flatMap((route, index) => {
    const place = `routes.${index} (${routeName(route)})`;
    return [
      ...(route.onUnauthenticatedRequest === 'allow'
        ? [`${place} lets requests without credentials go on, without an identity`]
        : []),
      ...((route.mode ?? mode) === 'report-only'
        ? [`${place} is report-only: what it would reject goes on, without an identity`]
        : []),
    ];
  });
  const rest = 'requests that no route matches are report-only: what would be rejected goes on';
  return mode === 'report-only' ? [...warnings, rest] : warnings;
}

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

function impossibleRules({ providers = {}, routes = [] }: PolicyDocument): string[] {
  const all = [
    ...Object.entries(providers).map(([name, provider]) => ({
      place: `providers.${name}.requiredClaims`,
      rules: provider.requiredClaims ?? {},
    })),
    ...routes.map((route, index) => ({ place: `routes.${index}.claims`, rules: route.claims ?? {} })),
  ];
  return all.flatMap(({ place, rules }) =>
    Object.entries(rules)
      .filter(([, rule]) => isImpossible(rule))
      .map(([claim]) => `${place}.${claim} can never hold: its members exclude each other`),
  );
}

/** A rule that lists the values of a claim can hold only for one of them; the rest of it is just tried on each. */
function isImpossible(rule: ClaimRule): boolean {
  const { equals, anyOf, contains, exists } = rule;
  if (exists === false) return equals !== undefined || anyOf !== undefined || contains !== undefined;
  const candidates = equals === undefined ? anyOf : [equals];
  return candidates?.every((value) => unmetRule({ claim: value }, [['claim', rule]]) !== undefined) ?? false;
}
