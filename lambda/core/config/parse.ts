import { compileBasePaths } from '../base-paths.ts';
import { compileResources } from '../resources/resource.ts';
import { spell } from '../paths/spelling.ts';
import { isBearerPlace, placeName } from '../credentials/place.ts';
import { DEFAULT_PROVIDER, issuersOf, type Provider } from '../provider.ts';
import type { Revocations } from '../revocations.ts';
import type { RouteRule } from '../routes/match.ts';
import { areCertificates, UNREADABLE_CERTIFICATE } from './certificates.ts';
import type { Access, Config } from './config.ts';
import { cookieOriginsOf, mcpPagesOf, parseCors, preflightProblems } from './cors.ts';
import { type DefaultProvider, parseDefaultProvider } from './default-provider.ts';
import { cachedResultProblems } from './cached-results.ts';
import { keyEndpointProblems } from './key-endpoint.ts';
import { bodylessProblems } from './mcp-routes.ts';
import { parseJson } from './parse-json.ts';
import { parsePaths, stepsOf } from './paths.ts';
import { createProblems, type Problem, type Problems } from './problems.ts';
import { parseProvider } from './providers.ts';
import { parseOrigins } from './public-origins.ts';
import { type ParameterValues, parameterReader } from './read-parameter.ts';
import { parseResources } from './resources.ts';
import { compileRevocations, revocationWarnings } from './revocations.ts';
import { RevocationsSchema } from './revocations-schema.ts';
import { fallbackRoute, parseRoute } from './routes.ts';
import { sharedIssuerWarnings } from './shared-issuers.ts';
import { readPolicy, type SoundPolicy } from './sound-policy.ts';
import { parseUpstream } from './upstream.ts';
import { providerWarnings, routeWarnings } from './warnings.ts';

export type ParsedConfig = { readonly config: Config } | { readonly problems: readonly Problem[] };

/** One of the two units of a configuration, or all of its problems. */
export type ParsedUnit<T> = { readonly value: T } | { readonly problems: readonly Problem[] };

/** What the function that uses the parameters can do. */
export interface Abilities {
  /**
   * Whether it reaches key endpoints. Keys that are served one by one, by their `kid`, are available in no other way.
   */
  readonly egress: boolean;
  /** Whether an API may cache its results by Authorization, and reuse them for others who send the same value. */
  readonly cached: boolean;
  /** Whether it sees the bodies of requests; an authorizer never does. */
  readonly bodies: boolean;
}

const ABLE: Abilities = { egress: true, cached: false, bodies: true };

/** Parses all parameters and returns every problem at once. `version` goes into the config unchanged. */
export async function parseConfig(
  values: ParameterValues,
  version: string,
  abilities: Partial<Abilities> = {},
): Promise<ParsedConfig> {
  const access = await parseAccess(values, { ...ABLE, ...abilities });
  const revocations = parseRevocations(values);
  if ('value' in access && 'value' in revocations) {
    return { config: combine(access.value, revocations.value, version) };
  }
  return { problems: [access, revocations].flatMap((unit) => ('problems' in unit ? unit.problems : [])) };
}

/** Combines the two units into the configuration. */
export const combine = (access: Access, revocations: Revocations, version: string): Config => ({
  ...access,
  revocations,
  version,
  warnings: [...access.warnings, ...revocationWarnings(revocations, access.providers.flatMap(issuersOf))],
});

/** Parses the `revocations` parameter. */
export function parseRevocations(values: ParameterValues): ParsedUnit<Revocations> {
  const problems = createProblems();
  const document = parameterReader(values, problems)('revocations', (_, stored) =>
    parseJson(RevocationsSchema, stored),
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
  const sound = readPolicy(read, problems);
  const policy = sound.document;

  const defaultProvider = parseDefaultProvider(read, problems, sound);
  const known = await readProviders(sound, defaultProvider, problems);
  const providers = [...known.values()].flatMap((provider) => provider ?? []);
  problems.take('policy', parseOrigins(policy.publicOrigins ?? []), 'publicOrigins');
  const cors = policy.cors && problems.take('policy', parseCors(policy.cors), 'cors');
  for (const message of preflightProblems(sound)) problems.add('policy', message);
  for (const provider of providers) {
    for (const message of disabilities(provider, sound, abilities)) problems.add('policy', message);
  }
  for (const message of keyEndpointProblems(policy.providers ?? {}, providers, abilities.egress)) {
    problems.add('policy', message);
  }
  if (!abilities.bodies) for (const message of bodylessProblems(sound)) problems.add('policy', message);
  const rules = readRoutes(sound, known, defaultProvider, problems);
  if (policy.upstreamCa !== undefined && !areCertificates(policy.upstreamCa)) {
    problems.add('policy', `upstreamCa: ${UNREADABLE_CERTIFICATE}`);
  }
  const fallback = fallbackRoute(defaultProvider, policy);
  const areAllKnown =
    sound.areRoutesWhole &&
    rules.length === sound.routes.length &&
    defaultProvider !== 'unknown' &&
    sound.isWhole('unmatched');
  const resources = parseResources({ sound, steps: stepsOf(sound), rules, areAllKnown, fallback }, problems);
  if (abilities.cached) {
    for (const message of cachedResultProblems(rules, resources?.rules ?? []))
      problems.add('policy', message);
  }
  const judges = parsePaths(sound, { rules, fallback, resources }, defaultProvider, problems);

  if (!upstream || !isDecided(defaultProvider) || problems.list.length > 0)
    return { problems: problems.list };
  const findResource = resources && compileResources(resources.rules, 'exact');
  return {
    value: {
      providers,
      ...judges,
      resourceAt: findResource && ((path) => findResource(spell(path))),
      hasRoutes: rules.length > 0 || resources !== undefined,
      hasMcp: rules.some(({ route }) => route.mcp !== undefined),
      mcpPages: mcpPagesOf(policy),
      cors,
      cookieOrigins: cookieOriginsOf(policy),
      problemTypes: policy.problemTypes,
      basePaths: compileBasePaths(policy.basePaths),
      upstream,
      upstreamSettings: {
        preserveHost: policy.preserveHost ?? false,
        keepOverrides: policy.keepOverrides ?? false,
        trustForwardedHost: policy.trustForwardedHost ?? false,
        ca: policy.upstreamCa,
        firstByteTimeoutSeconds: policy.firstByteTimeoutSeconds,
      },
      warnings: [
        ...routeWarnings(rules, fallback),
        ...providerWarnings(providers),
        ...sharedIssuerWarnings(providers, [...rules.map(({ route }) => route), fallback]),
      ],
    },
  };
}

const isDecided = (provider: DefaultProvider): boolean => typeof provider === 'object' || provider === 'none';

/** The providers by name; undefined for one that has problems. */
async function readProviders(
  { document: { providers: documents = {} }, providerNames = Object.keys(documents) }: SoundPolicy,
  defaultProvider: DefaultProvider,
  problems: Problems,
): Promise<ReadonlyMap<string, Provider | undefined>> {
  const providers = new Map<string, Provider | undefined>();
  if (defaultProvider !== 'none') {
    providers.set(DEFAULT_PROVIDER, typeof defaultProvider === 'object' ? defaultProvider : undefined);
  }
  for (const name of providerNames) {
    if (name === DEFAULT_PROVIDER) continue;
    const document = documents[name];
    const parsed = document && (await parseProvider(name, document));
    providers.set(name, parsed && problems.take('policy', parsed, `providers.${name}`));
  }
  return providers;
}

/** Problems with a provider that needs what this function or this policy does not have. */
function* disabilities(
  { name, places }: Provider,
  { document: policy, isWhole }: SoundPolicy,
  { cached }: Abilities,
): Iterable<string> {
  const areOriginsKnown = isWhole('publicOrigins') && isWhole('cors');
  if (
    areOriginsKnown &&
    cookieOriginsOf(policy).length === 0 &&
    places.some(({ kind }) => kind === 'cookie')
  ) {
    yield `providers.${name}.tokenFrom: a cookie needs "publicOrigins", or "cors" with "credentials": true, to list the pages that may send it`;
  }
  if (cached && !places.every(isBearerPlace)) {
    const where = places.map(placeName).join(' and ');
    yield `providers.${name}: its tokens are in ${where}, but must be bearer tokens in Authorization, because the API may cache this authorizer's responses by that field and give one caller the response for another: turn caching off and deploy with authorizerCache=false`;
  }
}

function readRoutes(
  policy: SoundPolicy,
  providers: ReadonlyMap<string, Provider | undefined>,
  defaultProvider: DefaultProvider,
  problems: Problems,
): RouteRule[] {
  const context = {
    providers,
    areAllKnown: policy.providerNames !== undefined,
    hasDefault: defaultProvider !== 'none',
    policy: policy.document,
    steps: stepsOf(policy),
  };
  return policy.routes.flatMap(
    ({ document, index }) =>
      problems.take('policy', parseRoute(document, index, context), `routes.${index}`) ?? [],
  );
}
