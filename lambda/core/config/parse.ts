import { compileBasePaths } from '../base-paths.ts';
import { isBearerPlace, placeName } from '../credentials/place.ts';
import { DEFAULT_PROVIDER, issuersOf, type Provider } from '../provider.ts';
import type { Revocations } from '../revocations.ts';
import type { RouteRule } from '../routes/match.ts';
import { areCertificates, UNREADABLE_CERTIFICATE } from './certificates.ts';
import type { Access, Config } from './config.ts';
import { cookieOriginsOf, parseCors, preflightProblems } from './cors.ts';
import { type DefaultProvider, parseDefaultProvider } from './default-provider.ts';
import { keyEndpointProblems } from './key-endpoint.ts';
import { parseJson } from './parse-json.ts';
import { parsePaths, stepsOf } from './paths.ts';
import { type PolicyDocument, PolicySchema } from './policy-schema.ts';
import { createProblems, type Problem, type Problems } from './problems.ts';
import { parseProvider } from './providers.ts';
import { parseOrigins } from './public-origins.ts';
import { type ParameterValues, parameterReader } from './read-parameter.ts';
import { compileRevocations, revocationWarnings } from './revocations.ts';
import { RevocationsSchema } from './revocations-schema.ts';
import { fallbackRoute, parseRoute } from './routes.ts';
import { sharedIssuerWarnings } from './shared-issuers.ts';
import { parseUpstream } from './upstream.ts';
import { providerWarnings, routeWarnings } from './warnings.ts';

export type ParsedConfig = { readonly config: Config } | { readonly problems: readonly Problem[] };

/** One of the two units of a configuration, or everything that is wrong with it. */
export type ParsedUnit<T> = { readonly value: T } | { readonly problems: readonly Problem[] };

/** What the function that is to act by the parameters can do. */
export interface Abilities {
  /** Whether it reaches key endpoints. Keys that come one by one, by their `kid`, can be had in no other way. */
  readonly egress: boolean;
  /** Whether an API may cache its answers by Authorization, and give them to others who send the same value. */
  readonly answersKept: boolean;
}

const ABLE: Abilities = { egress: true, answersKept: false };

/** Parses all parameters and answers every problem at once. `version` goes into the config as it is. */
export async function parseConfig(values: ParameterValues, version: string): Promise<ParsedConfig> {
  const access = await parseAccess(values);
  const revocations = parseRevocations(values);
  if ('value' in access && 'value' in revocations) {
    return { config: combine(access.value, revocations.value, version) };
  }
  return { problems: [access, revocations].flatMap((unit) => ('problems' in unit ? unit.problems : [])) };
}

/** The configuration that the two units make. */
export const combine = (access: Access, revocations: Revocations, version: string): Config => ({
  ...access,
  revocations,
  version,
  warnings: [...access.warnings, ...revocationWarnings(revocations, access.providers.flatMap(issuersOf))],
});

/** Parses the `revocations` parameter. */
export function parseRevocations(values: ParameterValues): ParsedUnit<Revocations> {
  const problems = createProblems();
  const document = parameterReader(values, problems)('revocations', (value) =>
    parseJson(RevocationsSchema, value),
  );
  return document === undefined ? { problems: problems.list } : { value: compileRevocations(document) };
}

/** Parses all other parameters. */
export async function parseAccess(
  values: ParameterValues,
  abilities: Abilities = ABLE,
): Promise<ParsedUnit<Access>> {
  const problems = createProblems();
  const read = parameterReader(values, problems);
  const upstream = read('upstream', parseUpstream);
  const policy = read('policy', (value) => parseJson(PolicySchema, value));

  const defaultProvider = parseDefaultProvider(read, problems, policy?.providers?.[DEFAULT_PROVIDER]);
  const providers = new Map<string, Provider>();
  if (typeof defaultProvider === 'object') providers.set(DEFAULT_PROVIDER, defaultProvider);
  await readProviders(policy ?? {}, providers, problems);
  problems.take('policy', parseOrigins(policy?.publicOrigins ?? []), 'publicOrigins');
  const cors = policy?.cors && problems.take('policy', parseCors(policy.cors), 'cors');
  for (const message of preflightProblems(policy ?? {})) problems.add('policy', message);
  for (const provider of providers.values()) {
    for (const message of disabilities(provider, policy ?? {}, abilities)) problems.add('policy', message);
  }
  for (const message of keyEndpointProblems(
    policy?.providers ?? {},
    [...providers.values()],
    abilities.egress,
  )) {
    problems.add('policy', message);
  }
  const rules = readRoutes(policy ?? {}, providers, defaultProvider, problems);
  if (policy?.upstreamCa !== undefined && !areCertificates(policy.upstreamCa)) {
    problems.add('policy', `upstreamCa: ${UNREADABLE_CERTIFICATE}`);
  }

  const fallback = fallbackRoute(defaultProvider, policy ?? {});
  const judgePath = parsePaths(policy ?? {}, rules, fallback, problems);

  if (!upstream || !defaultProvider || problems.list.length > 0) return { problems: problems.list };
  return {
    value: {
      providers: [...providers.values()],
      judgePath,
      hasRoutes: rules.length > 0,
      cors,
      cookieOrigins: cookieOriginsOf(policy ?? {}),
      problemTypes: policy?.problemTypes,
      basePaths: compileBasePaths(policy?.basePaths),
      upstream,
      upstreamSettings: {
        preserveHost: policy?.preserveHost ?? false,
        keepOverrides: policy?.keepOverrides ?? false,
        trustForwardedHost: policy?.trustForwardedHost ?? false,
        ca: policy?.upstreamCa,
        firstByteTimeoutSeconds: policy?.firstByteTimeoutSeconds,
      },
      warnings: [
        ...routeWarnings(rules, fallback),
        ...providerWarnings([...providers.values()]),
        ...sharedIssuerWarnings([...providers.values()], [...rules.map(({ route }) => route), fallback]),
      ],
    },
  };
}

async function readProviders(
  { providers: documents = {} }: PolicyDocument,
  providers: Map<string, Provider>,
  problems: Problems,
): Promise<void> {
  for (const [name, document] of Object.entries(documents)) {
    if (name === DEFAULT_PROVIDER) continue;
    const place = `providers.${name}`;
    const provider = problems.take('policy', await parseProvider(name, document), place);
    if (provider !== undefined) providers.set(name, provider);
  }
}

/** What a provider needs that this function, or this policy, does not have. */
function* disabilities(
  { name, places }: Provider,
  policy: PolicyDocument,
  { answersKept }: Abilities,
): Iterable<string> {
  if (cookieOriginsOf(policy).length === 0 && places.some(({ kind }) => kind === 'cookie')) {
    yield `providers.${name}.tokenFrom: a cookie needs "publicOrigins", or "cors" with "credentials": true, which list the pages that may send it`;
  }
  if (answersKept && !places.every(isBearerPlace)) {
    const where = places.map(placeName).join(' and ');
    yield `providers.${name}: its tokens are in ${where}, but must be bearer tokens in Authorization, because the API may cache this authorizer's answers by that field and give one caller's to another: turn caching off and deploy with authorizerCache=false`;
  }
}

function readRoutes(
  policy: PolicyDocument,
  providers: ReadonlyMap<string, Provider>,
  defaultProvider: DefaultProvider,
  problems: Problems,
): RouteRule[] {
  const { routes = [], providers: documents = {} } = policy;
  const hasDefault = defaultProvider !== 'none';
  const context = { providers, hasDefault, policy, steps: stepsOf(policy) };
  // A provider with a problem of its own is no reason to call each route that names it wrong.
  const known = (name: string) =>
    providers.has(name) || (name === DEFAULT_PROVIDER && hasDefault) || Object.hasOwn(documents, name);
  return routes.flatMap((document, index) => {
    if (document.providers?.some((name) => known(name) && !providers.has(name))) return [];
    if (document.providers === undefined && defaultProvider === undefined) return [];
    return problems.take('policy', parseRoute(document, index, context), `routes.${index}`) ?? [];
  });
}
