import type { ParameterName } from '../../contract.ts';
import { ALGORITHM_NAMES } from '../jwt/algorithms.ts';
import type { Config, Upstream } from './config.ts';
import { type Parsed, parsed, problem } from './parsed.ts';
import { parsePolicy, parseRevocations } from './policy.ts';
import { parseEndpoint } from './url.ts';

/** What is wrong with one parameter; `message` names the place where the value has parts. */
export interface Problem {
  readonly parameter: ParameterName;
  readonly message: string;
}

/** Values of the parameters; a name that is absent was not found. */
export type ParameterValues = { readonly [name in ParameterName]?: string };

export type ParsedConfig = { readonly config: Config } | { readonly problems: readonly Problem[] };

/** How far the clocks of an issuer and this function may be apart, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 30;

/** RFC 7519 §5.1 and RFC 9068 §2.1; other types (`dpop+jwt`, `logout+jwt`, …) mean another use of a JWT. */
const ACCESS_TOKEN_TYPES = ['jwt', 'at+jwt'];

/** Parses all parameters and answers every problem at once. `version` goes into the config as it is. */
export function parseConfig(values: ParameterValues, version: string): ParsedConfig {
  const problems: Problem[] = [];

  /** The parsed value; where there is none its problems are collected, and no config comes of it. */
  function read<T>(parameter: ParameterName, parse: (value: string) => Parsed<T>): T | undefined {
    const text = values[parameter]?.trim() ?? '';
    const result = text === '' ? problem('is missing') : parse(text);
    if ('value' in result) return result.value;
    problems.push(...result.problems.map((message) => ({ parameter, message })));
    return undefined;
  }

  const jwksUri = read('jwks-uri', parseJwksUri);
  const issuer = read('issuer', (value) => parseIssuer(value, jwksUri === DISCOVER));
  const audience = read('audience', parseAudience);
  const upstream = read('upstream', parseUpstream);
  const policy = read('policy', parsePolicy);
  const revocations = read('revocations', parseRevocations);

  if (
    jwksUri === undefined ||
    issuer === undefined ||
    audience === undefined ||
    upstream === undefined ||
    policy === undefined ||
    revocations === undefined
  ) {
    return { problems };
  }
  const provider = {
    name: 'default',
    issuers: [issuer],
    audience,
    jwksUri,
    algorithms: ALGORITHM_NAMES,
    types: ACCESS_TOKEN_TYPES,
    clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
  };
  return { config: { version, providers: [provider], upstream } };
}

/** Value of `jwks-uri` that asks for OIDC discovery. */
export const DISCOVER = 'discover';

/** RFC 2606 §2: what is deployed before an operator has set it. */
const isPlaceholder = (host: string): boolean => host === 'invalid' || host.endsWith('.invalid');

function parseIssuer(value: string, discovered: boolean): Parsed<string> {
  if (/[\s\p{Cc}]/u.test(value)) return problem('must not contain white space or control characters');
  if (URL.canParse(value) && isPlaceholder(new URL(value).hostname)) {
    return problem('is still the placeholder of the deployment: set it to the exact "iss" of your tokens');
  }
  if (!discovered) return parsed(value);
  // OpenID Connect Discovery §3: an issuer with a document at a well-known place below it.
  const url = parseEndpoint(value);
  if (typeof url === 'string') return problem(`${url}, so its keys cannot be discovered: set jwks-uri`);
  return url.search === '' ? parsed(value) : problem('has a query, so its keys cannot be discovered');
}

function parseAudience(value: string): Parsed<readonly string[]> {
  const audiences = value.split(',').map((entry) => entry.trim());
  if (audiences.includes('')) return problem('has an empty entry');
  if (audiences.some(isPlaceholder)) {
    return problem('is still the placeholder of the deployment: set it to the "aud" of your tokens');
  }
  return parsed(audiences);
}

function parseJwksUri(value: string): Parsed<string> {
  if (value === DISCOVER) return parsed(value);
  const url = parseEndpoint(value);
  return typeof url === 'string' ? problem(`${url}; it takes a URL or "${DISCOVER}"`) : parsed(url.href);
}

function parseUpstream(value: string): Parsed<Upstream> {
  if (value === 'whoami') return parsed({ kind: 'whoami' });
  const url = parseEndpoint(value, { allowHttp: true });
  if (typeof url === 'string') return problem(`${url}; it takes an origin or "whoami"`);
  if (url.pathname !== '/' || url.search !== '') return problem('must be an origin: no path and no query');
  return parsed({ kind: 'origin', origin: url });
}
