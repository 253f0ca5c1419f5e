import { X509Certificate } from 'node:crypto';
import type { ParameterName } from '../../contract.ts';
import { DEFAULT_PROVIDER, issuersOf, type Provider } from '../provider.ts';
import type { RouteRule } from '../routes/match.ts';
import type { Config } from './config.ts';
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

/** Parses all parameters and answers every problem at once. `version` goes into the config as it is. */
export async function parseConfig(values: ParameterValues, version: string): Promise<ParsedConfig> {
  const problems = createProblems();
  const read = <T>(name: ParameterName, parse: (value: string) => Parsed<T>): T | undefined => {
    const value = values[name]?.trim() ?? '';
    return problems.take(name, value === '' ? problem('is missing') : parse(value));
  };

  const upstream = read('upstream', parseUpstream);
  const policy = read('policy', (value) => parseJson(PolicySchema, value));
  const revocationsDocument = read('revocations', (value) => parseJson(RevocationsSchema, value));

  const defaultProvider = parseDefaultProvider(read, problems, policy?.providers?.[DEFAULT_PROVIDER]);
  const providers = new Map<string, Provider>();
  if (defaultProvider !== undefined) providers.set(DEFAULT_PROVIDER, defaultProvider);
  await readProviders(policy ?? {}, providers, problems);
  const rules = readRoutes(policy ?? {}, providers, problems);
  if (policy?.upstreamCa !== undefined && !areCertificates(policy.upstreamCa)) {
    problems.add('policy', 'upstreamCa: has a certificate that cannot be read');
  }

  const fallback = fallbackRoute(defaultProvider, policy ?? {});
  const judgePath = parsePaths(policy ?? {}, rules, fallback, problems);

  if (!upstream || !defaultProvider || !revocationsDocument || problems.list.length > 0) {
    return { problems: problems.list };
  }
  const revocations = compileRevocations(revocationsDocument);
  const issuers = [...providers.values()].flatMap(issuersOf);
  return {
    config: {
      version,
      providers: [...providers.values()],
      judgePath,
      hasRoutes: rules.length > 0,
      revocations,
      upstream,
      upstreamSettings: {
        preserveHost: policy?.preserveHost ?? false,
        ca: policy?.upstreamCa,
        firstByteTimeoutSeconds: policy?.firstByteTimeoutSeconds,
      },
      warnings: revocationWarnings(revocations, issuers),
    },
  };
}

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
