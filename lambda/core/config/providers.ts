import { SIGNED_FIELDS } from '../credentials/place.ts';
import { ALGORITHM_NAMES, SPIFFE_ALGORITHMS, withOtherNames } from '../jwt/algorithms.ts';
import { mediaType } from '../jwt/header.ts';
import { TRUST_DOMAIN } from '../jwt/spiffe-id.ts';
import type { KeySetProvider, Provider, SignedHeaderProvider } from '../provider.ts';
import { trustIn } from './key-endpoint.ts';
import { DISCOVER, parseInlineKeys, parseKeyLocation, parseKeyUrl } from './key-location.ts';
import { type Parsed, parsed, problem } from './parsed.ts';
import type {
  JwksProviderDocument,
  ProviderDocument,
  SignedHeaderProviderDocument,
  SpiffeProviderDocument,
} from './providers-schema.ts';
import { parsePlaces } from './token-from.ts';
import { isPlaceholder, parseEndpoint } from './url.ts';

/** How far the clocks of an issuer and this function may be apart, in seconds, unless the policy says otherwise. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** RFC 7519 §5.1 and RFC 9068 §2.1. Other types (`dpop+jwt`, `logout+jwt`, …) mark a JWT for another use. */
const ACCESS_TOKEN_TYPES = ['jwt', 'at+jwt'];

/** Value of `issuer` for no default provider: the policy then defines all of them. */
export const NO_ISSUER = 'none';

const TWO_KEY_SETS = 'jwks: cannot be combined with jwksUri: remove one of them';

/** JWT-SVID §2.3. */
const SPIFFE_TYPES = ['jwt', 'jose'];

/** Parses the policy's entry of a provider, which must be complete. */
export async function parseProvider(name: string, document: ProviderDocument): Promise<Parsed<Provider>> {
  switch (document.type) {
    case 'jwks':
      return parseJwksProvider(name, document);
    case 'spiffe':
      return parseSpiffeProvider(name, document);
    default:
      return parseSignedHeaderProvider(name, document);
  }
}

async function parseJwksProvider(name: string, document: JwksProviderDocument): Promise<Parsed<Provider>> {
  const problems: string[] = [];
  if (document.issuer === undefined) problems.push('issuer: is missing');
  if (document.audience === undefined) problems.push('audience: is missing (null switches the check off)');
  if (document.jwksUri !== undefined && document.jwks !== undefined) problems.push(TWO_KEY_SETS);
  const { issuer = [], audience = null, jwksUri = DISCOVER } = document;
  const issuers = list(issuer);
  const read = reader(problems);
  const [first] = issuers.map((value, index) =>
    read(typeof issuer === 'string' ? 'issuer' : `issuer.${index}`, parseIssuer(value)),
  );
  // Discovery is rejected for several issuers, whatever else is wrong with them.
  const named = issuers.length > 1 ? issuers : [first ?? ''];
  const keys =
    document.jwks === undefined
      ? read('jwksUri', parseKeyLocation(named, jwksUri, document))
      : read('jwks', await parseInlineKeys(document.jwks));
  const places = read('tokenFrom', parsePlaces(document.tokenFrom), '.');
  if (problems.length > 0 || keys === undefined || places === undefined) return { problems };
  return parsed(
    jwksProvider(name, document, {
      issuers,
      audience: audience === null ? null : list(audience),
      keys,
      places,
    }),
  );
}

/** Parses a provider whose tokens are JWT-SVIDs: https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md. */
async function parseSpiffeProvider(
  name: string,
  document: SpiffeProviderDocument,
): Promise<Parsed<Provider>> {
  const problems: string[] = [];
  const read = reader(problems);
  const { trustDomain, audience, algorithms = SPIFFE_ALGORITHMS } = document;
  if (!TRUST_DOMAIN.test(trustDomain)) {
    problems.push('trustDomain: must be a name such as example.org, in lower case and without "spiffe://"');
  }
  const { jwksUri, jwks } = document;
  if (jwksUri !== undefined && jwks !== undefined) problems.push(TWO_KEY_SETS);
  if (jwksUri === undefined && jwks === undefined) {
    problems.push(
      "jwksUri: is missing: give the URL of the trust domain's bundle, or the keys themselves as jwks",
    );
  }
  const keys =
    jwks !== undefined
      ? read('jwks', await parseInlineKeys(jwks))
      : jwksUri !== undefined
        ? read(
            'jwksUri',
            parseKeyUrl(
              jwksUri,
              document,
              ", as there is no discovery for a trust domain: give its bundle's URL",
            ),
          )
        : undefined;
  const places = read('tokenFrom', parsePlaces(document.tokenFrom), '.');
  if (problems.length > 0 || keys === undefined || places === undefined) return { problems };
  return parsed<KeySetProvider>({
    type: 'spiffe',
    name,
    places,
    issuers: [trustDomain],
    audience: list(audience),
    audienceClaim: 'aud',
    keys,
    algorithms,
    types: SPIFFE_TYPES,
    maxTokenAgeSeconds: document.maxTokenAgeSeconds,
    ...commonParts(document),
  });
}

/** Takes the values of members, and collects their problems under the members' names. */
const reader =
  (problems: string[]) =>
  <T>(name: string, result: Parsed<T>, separator = ': '): T | undefined => {
    if ('value' in result) return result.value;
    problems.push(...result.problems.map((message) => `${name}${separator}${message}`));
    return undefined;
  };

/**
 * Makes a provider from parts that the default provider has in parameters of their own, and the rest of the policy's
 * entry.
 */
export function jwksProvider(
  name: string,
  document: Omit<JwksProviderDocument, 'type'>,
  parts: Pick<KeySetProvider, 'issuers' | 'audience' | 'keys' | 'places'>,
): KeySetProvider {
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

/** `iss` is compared exactly, so the only possible problem is a text that no issuer can be. */
export function parseIssuer(value: string, otherwise = ''): Parsed<string> {
  if (/[\s\p{Cc}]/u.test(value)) return problem('must not contain white space or control characters');
  if (URL.canParse(value) && isPlaceholder(new URL(value).hostname)) {
    return problem(`is still a placeholder: set it to the exact "iss" of your tokens${otherwise}`);
  }
  return parsed(value);
}

/**
 * What differs between the two AWS services that sign a header. Only the partition and the region of an ARN are used,
 * in the URL of the keys. The rest is just compared with `signer`, so any plausible id passes.
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

/** Partitions for which AWS documents the regional endpoint of each service's keys. */
const DOCUMENTED_PARTITIONS = ['aws', 'aws-us-gov'];

function parseSignedHeaderProvider(name: string, document: SignedHeaderProviderDocument): Parsed<Provider> {
  const service = SIGNED_HEADERS[document.type];
  const signer = document.type === 'alb-oidc' ? document.loadBalancerArn : document.instanceArn;
  const [, partition, region] = service.arn.exec(signer) ?? [];
  const problems: string[] = [];
  const isArn = partition !== undefined && region !== undefined;
  if (!isArn) problems.push(`${service.field}: must be like ${service.example}`);
  if (document.keysUrl === undefined && isArn && !DOCUMENTED_PARTITIONS.includes(partition)) {
    problems.push(
      `keysUrl: is missing, and no regional endpoint is known in the partition ${partition}: give the URL that the kid is appended to`,
    );
  }
  const prefix = document.keysUrl ?? (isArn ? service.keysUrl(partition, region) : undefined);
  const url = prefix === undefined ? undefined : parseKeysPrefix(prefix, document.insecureHttp ?? false);
  if (typeof url === 'string') problems.push(`keysUrl: ${url}`);
  if (problems.length > 0 || typeof url !== 'object') return { problems };
  return parsed<SignedHeaderProvider>({
    type: document.type,
    name,
    places: [{ kind: 'header', name: SIGNED_FIELDS[document.type] }],
    signer,
    clientId: document.type === 'alb-oidc' ? document.clientId : undefined,
    keysUrl: url,
    ...trustIn(document),
    algorithms: [service.algorithm],
    types: ['jwt'],
    // AWS sends no "iat", and its "exp" is only two minutes away.
    maxTokenAgeSeconds: undefined,
    ...commonParts(document),
  });
}

/** Parses the URL that a kid is appended to; a text says what is wrong with it. */
function parseKeysPrefix(prefix: string, insecureHttp: boolean): URL | string {
  const url = parseEndpoint(prefix.endsWith('/') ? prefix : `${prefix}/`, { insecureHttp });
  return typeof url === 'object' && url.search !== '' ? 'must not have a query' : url;
}

const commonParts = (
  document: Omit<JwksProviderDocument, 'type'> | SpiffeProviderDocument | SignedHeaderProviderDocument,
) => ({
  clockToleranceSeconds: document.clockToleranceSeconds ?? CLOCK_TOLERANCE_SECONDS,
  requiredClaims: Object.entries(document.requiredClaims ?? {}),
  scopeClaim: document.scopeClaim,
});

const list = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;
