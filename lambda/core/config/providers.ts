import { ALGORITHM_NAMES, withOtherNames } from '../jwt/algorithms.ts';
import { mediaType } from '../jwt/header.ts';
import { parseKeySet } from '../keys/key-set.ts';
import type { JwksProvider, Provider, SignedHeaderProvider } from '../provider.ts';
import { type Parsed, parsed, problem } from './parsed.ts';
import type {
  JwksProviderDocument,
  ProviderDocument,
  SignedHeaderProviderDocument,
} from './policy-schema.ts';
import { isPlaceholder, parseEndpoint } from './url.ts';

/** How far the clocks of an issuer and this function may be apart where the policy does not say, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** RFC 7519 §5.1 and RFC 9068 §2.1; other types (`dpop+jwt`, `logout+jwt`, …) mean another use of a JWT. */
const ACCESS_TOKEN_TYPES = ['jwt', 'at+jwt'];

/** Value of `jwks-uri` and `jwksUri` that asks for OIDC discovery. */
export const DISCOVER = 'discover';

/** The policy's entry of a provider, which must be whole: with an issuer and an audience. */
export async function parseProvider(name: string, document: ProviderDocument): Promise<Parsed<Provider>> {
  if (document.type !== 'jwks') return parseSignedHeaderProvider(name, document);
  const problems: string[] = [];
  if (document.issuer === undefined) problems.push('issuer: is missing');
  if (document.audience === undefined) problems.push('audience: is missing (null switches the check off)');
  if (document.jwksUri !== undefined && document.jwks !== undefined) problems.push('jwks: excludes jwksUri');
  const { issuer = [], audience = null, jwksUri = DISCOVER } = document;
  const issuers = list(issuer);
  const keys =
    document.jwks === undefined ? parseKeyLocation(issuers, jwksUri) : await parseInlineKeys(document.jwks);
  const place = document.jwks === undefined ? 'jwksUri' : 'jwks';
  if ('problems' in keys) problems.push(...keys.problems.map((message) => `${place}: ${message}`));
  for (const value of issuers) {
    const result = parseIssuer(value);
    if ('problems' in result) problems.push(...result.problems.map((message) => `issuer: ${message}`));
  }
  if (problems.length > 0 || !('value' in keys)) return { problems };
  return parsed(
    jwksProvider(name, document, {
      issuers,
      audience: audience === null ? null : list(audience),
      keys: keys.value,
    }),
  );
}

/** A provider of the default's parts: they come from parameters of their own, the rest from the policy. */
export function jwksProvider(
  name: string,
  document: Omit<JwksProviderDocument, 'type'>,
  parts: Pick<JwksProvider, 'issuers' | 'audience' | 'keys'>,
): JwksProvider {
  return {
    type: 'jwks',
    name,
    ...parts,
    ...commonParts(document),
    audienceClaim: document.audienceClaim ?? 'aud',
    maxTokenAgeSeconds: document.maxTokenAgeSeconds,
    algorithms: document.algorithms === undefined ? ALGORITHM_NAMES : withOtherNames(document.algorithms),
    types: document.typ === undefined ? ACCESS_TOKEN_TYPES : list(document.typ).map(mediaType),
  };
}

/** `iss` is compared as it is, so all there is to say is that no issuer looks like this. */
export function parseIssuer(value: string): Parsed<string> {
  if (/[\s\p{Cc}]/u.test(value)) return problem('must not contain white space or control characters');
  if (URL.canParse(value) && isPlaceholder(new URL(value).hostname)) {
    return problem('is still the placeholder of the deployment: set it to the exact "iss" of your tokens');
  }
  return parsed(value);
}

/** Where the keys of these issuers are. Only a single issuer that is a URL can be asked by discovery. */
export function parseKeyLocation(issuers: readonly string[], jwksUri: string): Parsed<JwksProvider['keys']> {
  if (jwksUri !== DISCOVER) {
    const url = parseEndpoint(jwksUri);
    return typeof url === 'string'
      ? problem(`${url}; it takes a URL or "${DISCOVER}"`)
      : parsed({ kind: 'url', url });
  }
  // An issuer that is missing is a problem of its own.
  const [issuer = '', ...more] = issuers;
  if (issuer === '') return parsed({ kind: 'discover', issuer });
  if (more.length > 0) return problem('cannot be discovered for several issuers; give the URL');
  // OpenID Connect Discovery 1.0 §3: an issuer is a URL without a query.
  const url = parseEndpoint(issuer);
  if (typeof url === 'string') return problem(`cannot be discovered, as the issuer ${url}; give the URL`);
  if (url.search !== '') return problem('cannot be discovered, as the issuer has a query; give the URL');
  return parsed({ kind: 'discover', issuer });
}

async function parseInlineKeys(document: unknown): Promise<Parsed<JwksProvider['keys']>> {
  const set = await parseKeySet(document);
  return 'problem' in set ? problem(set.problem) : parsed({ kind: 'inline', set });
}

/**
 * What differs between the two AWS services that sign a header. Of an ARN only partition and region go anywhere, into
 * the URL of the keys; the rest is compared with `signer`, so what could be an id passes.
 */
const SIGNED_HEADERS = {
  'verified-access': {
    algorithm: 'ES384',
    arn: /^arn:(aws[a-z-]*):ec2:([a-z0-9-]+):\d{12}:verified-access-instance\/[A-Za-z0-9-]+$/,
    field: 'instanceArn',
    example: 'arn:aws:ec2:REGION:ACCOUNT:verified-access-instance/vai-…',
    keysUrl: (_partition: string, region: string) =>
      `https://public-keys.prod.verified-access.${region}.amazonaws.com/`,
  },
  'alb-oidc': {
    algorithm: 'ES256',
    arn: /^arn:(aws[a-z-]*):elasticloadbalancing:([a-z0-9-]+):\d{12}:loadbalancer\/app\/[A-Za-z0-9-]+\/[A-Za-z0-9]+$/,
    field: 'loadBalancerArn',
    example: 'arn:aws:elasticloadbalancing:REGION:ACCOUNT:loadbalancer/app/NAME/ID',
    keysUrl: (partition: string, region: string) =>
      partition === 'aws-us-gov'
        ? `https://s3-${region}.amazonaws.com/aws-elb-public-keys-prod-${region}/`
        : `https://public-keys.auth.elb.${region}.amazonaws.com/`,
  },
} as const;

/** Partitions in which AWS documents the regional endpoint of each service's keys. */
const DOCUMENTED_PARTITIONS = ['aws', 'aws-us-gov'];

function parseSignedHeaderProvider(name: string, document: SignedHeaderProviderDocument): Parsed<Provider> {
  const service = SIGNED_HEADERS[document.type];
  const signer = document.type === 'alb-oidc' ? document.loadBalancerArn : document.instanceArn;
  const [, partition, region] = service.arn.exec(signer) ?? [];
  if (partition === undefined || region === undefined) {
    return problem(`${service.field}: must be like ${service.example}`);
  }
  if (document.keysUrl === undefined && !DOCUMENTED_PARTITIONS.includes(partition)) {
    return problem(`keysUrl: is needed in the partition ${partition}, where no regional endpoint is known`);
  }
  const prefix = document.keysUrl ?? service.keysUrl(partition, region);
  const url = parseEndpoint(prefix.endsWith('/') ? prefix : `${prefix}/`);
  if (typeof url === 'string') return problem(`keysUrl: ${url}`);
  if (url.search !== '') return problem('keysUrl: must not have a query');
  return parsed<SignedHeaderProvider>({
    type: document.type,
    name,
    signer,
    clientId: document.type === 'alb-oidc' ? document.clientId : undefined,
    keysUrl: url,
    algorithms: [service.algorithm],
    types: ['jwt'],
    // AWS sends no "iat", and its "exp" is two minutes away.
    maxTokenAgeSeconds: undefined,
    ...commonParts(document),
  });
}

const commonParts = (document: Omit<JwksProviderDocument, 'type'> | SignedHeaderProviderDocument) => ({
  clockToleranceSeconds: document.clockToleranceSeconds ?? CLOCK_TOLERANCE_SECONDS,
  requiredClaims: Object.entries(document.requiredClaims ?? {}),
  scopeClaim: document.scopeClaim,
});

const list = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;
