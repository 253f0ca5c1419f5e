import { X509Certificate } from 'node:crypto';
import type { ParameterName } from '../../contract.ts';
import { compileBasePaths } from '../base-paths.ts';
import { DEFAULT_PROVIDER, issuersOf, type Provider } from '../provider.ts';
import type { Revocations } from '../revocations.ts';
import type { RouteRule } from '../routes/match.ts';
import type { Access, Config } from './config.ts';
import { parseJson } from './parse-json.ts';
import { type Parsed, parsed, problem } from './parsed.ts';
import { parsePaths, stepsOf } from './paths.ts';
import { type PolicyDocument, PolicySchema, RevocationsSchema } from './policy-schema.ts';
import { createProblems, type Problem, type Problems } from './problems.ts';
import { jwksProvider, parseIssuer, parseKeyLocation, parseProvider } from './providers.ts';
import { compileRevocations, revocationWarnings } from './revocations.ts';
import { fallbackRoute, parseRoute } from './routes.ts';
import { parseUpstream } from './upstream.ts';
import { isPlaceholder } from './url.ts';

/** Values of the parameters; a name that is absent was not found. */
export type ParameterValues = { readonly [name in ParameterName]?: string };

export type ParsedConfig = { readonly config: Config } | { readonly problems: readonly Problem[] };

/** One of the two units of a configuration, or everything that is wrong with it. */
export type ParsedUnit<T> = { readonly value: T } | { readonly problems: readonly Problem[] };

/** What the function that is to act by the parameters can do. */
export interface Abilities {
  /** Whether it reaches key endpoints. Keys that come one by one, by their `kid`, can be had in no other way. */
  readonly egress: boolean;
}

const ABLE: Abilities = { egress: true };

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
  warnings: revocationWarnings(revocations, access.providers.flatMap(issuersOf)),
});

/** Parses the `revocations` parameter. */
export function parseRevocations(values: ParameterValues): ParsedUnit<Revocations> {
  const problems = createProblems();
  const document = reader(values, problems)('revocations', (value) => parseJson(RevocationsSchema, value));
  return document === undefined ? { problems: problems.list } : { value: compileRevocations(document) };
}

/** Parses all other parameters. */
export async function parseAccess(
  values: ParameterValues,
  { egress }: Abilities = ABLE,
): Promise<ParsedUnit<Access>> {
  const problems = createProblems();
  const read = reader(values, problems);
  const upstream = read('upstream', parseUpstream);
  const policy = read('policy', (value) => parseJson(PolicySchema, value));

  const defaultProvider = parseDefaultProvider(read, problems, policy?.providers?.[DEFAULT_PROVIDER]);
  const providers = new Map<string, Provider>();
  if (defaultProvider !== undefined) providers.set(DEFAULT_PROVIDER, defaultProvider);
  await readProviders(policy ?? {}, providers, problems);
  for (const { name, type } of providers.values()) {
    if (egress || type === 'jwks') continue;
    problems.add(
      'policy',
      `providers.${name}: its keys must be fetched by the verifier, which has EGRESS=false`,
    );
  }
  const rules = readRoutes(policy ?? {}, providers, problems);
  if (policy?.upstreamCa !== undefined && !areCertificates(policy.upstreamCa)) {
    problems.add('policy', 'upstreamCa: has a certificate that cannot be read');
  }

  const fallback = fallbackRoute(defaultProvider, policy ?? {});
  const judgePath = parsePaths(policy ?? {}, rules, fallback, problems);

  if (!upstream || !defaultProvider || problems.list.length > 0) return { problems: problems.list };
  return {
    value: {
      providers: [...providers.values()],
      judgePath,
      hasRoutes: rules.length > 0,
      basePaths: compileBasePaths(policy?.basePaths),
      upstream,
      upstreamSettings: {
        preserveHost: policy?.preserveHost ?? false,
        keepOverrides: policy?.keepOverrides ?? false,
        trustForwardedHost: policy?.trustForwardedHost ?? false,
        ca: policy?.upstreamCa,
        firstByteTimeoutSeconds: policy?.firstByteTimeoutSeconds,
      },
    },
  };
}

const reader =
  (values: ParameterValues, problems: Problems): Read =>
  (name, parse) => {
    const value = values[name]?.trim() ?? '';
    return problems.take(name, value === '' ? problem('is missing') : parse(value));
  };

type Read = <T>(name: ParameterName, parse: (value: string) => Parsed<T>) => T | undefined;
type ProviderDocuments = NonNullable<PolicyDocument['providers']>;

/** The provider of the `issuer`, `audience` and `jwks-uri` parameters; the policy may refine it. */
function parseDefaultProvider(
  read: Read,
  problems: Problems,
  refinement: ProviderDocuments[string] | undefined,
): Provider | undefined {
  const place = `providers.${DEFAULT_PROVIDER}`;
  if (refinement !== undefined && refinement.type !== 'jwks') {
    problems.add('policy', `${place}.type: must be jwks`);
    return undefined;
  }
  for (const name of ['issuer', 'audience', 'jwksUri', 'jwks'] as const) {
    if (refinement?.[name] !== undefined) {
      problems.add('policy', `${place}.${name}: has a parameter of its own`);
    }
  }
  const issuer = read('issuer', parseIssuer);
  const audience = read('audience', parseAudience);
  const keys = read('jwks-uri', (value) => parseKeyLocation(issuer === undefined ? [] : [issuer], value));
  if (issuer === undefined || audience === undefined || keys === undefined) return undefined;
  return jwksProvider(DEFAULT_PROVIDER, refinement ?? {}, { issuers: [issuer], audience, keys });
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
    if (provider === undefined) continue;
    for (const other of providers.values()) {
      const shared = issuersOf(provider).filter((issuer) => issuersOf(other).includes(issuer));
      if (shared.length > 0) problems.add('policy', `${place}: has the issuer ${shared[0]} of ${other.name}`);
    }
    providers.set(name, provider);
  }
}

function readRoutes(
  policy: PolicyDocument,
  providers: ReadonlyMap<string, Provider>,
  problems: Problems,
): RouteRule[] {
  const { routes = [], providers: documents = {} } = policy;
  const context = { providers, policy, steps: stepsOf(policy) };
  // A provider with a problem of its own is no reason to call each route that names it wrong.
  const known = (name: string) =>
    providers.has(name) || name === DEFAULT_PROVIDER || Object.hasOwn(documents, name);
  return routes.flatMap((document, index) => {
    if (document.providers?.some((name) => known(name) && !providers.has(name))) return [];
    if (document.providers === undefined && !providers.has(DEFAULT_PROVIDER)) return [];
    return problems.take('policy', parseRoute(document, index, context), `routes.${index}`) ?? [];
  });
}

function parseAudience(value: string): Parsed<readonly string[]> {
  const audiences = value.split(',').map((entry) => entry.trim());
  if (audiences.includes('')) return problem('has an empty entry');
  if (audiences.some(isPlaceholder)) {
    return problem('is still the placeholder of the deployment: set it to the "aud" of your tokens');
  }
  return parsed(audiences);
}

/** Whether each certificate of a text in PEM form (RFC 7468 §5) can be read. */
function areCertificates(text: string): boolean {
  try {
    const certificates = text.split(/(?<=-----END CERTIFICATE-----)\s*/).filter((part) => part !== '');
    return certificates.every((pem) => new X509Certificate(pem) !== undefined);
  } catch {
    return false;
  }
}
