import { claimAt, own, unmetRule } from '../claim-rules.ts';
import type { Failure } from '../failure.ts';
import { CLIENT_CLAIMS, type Identity } from '../identity.ts';
import type { KeySetProvider, Provider } from '../provider.ts';
import type { JsonObject } from './decode.ts';

/** Largest NumericDate, in seconds: the end of the year 9999. Anything later is in milliseconds, or a mistake. */
const MAX_NUMERIC_DATE = 253_402_300_799;

/** When a token is valid: `exp`, `nbf` and `iat` (RFC 7519 §4.1) where it has them, in seconds since the epoch. */
export interface TokenTimes {
  readonly exp: number | undefined;
  readonly nbf: number | undefined;
  readonly iat: number | undefined;
}

/** Parses a token's times. `exp` is required unless `options` say otherwise. */
export function parseTimes(
  claims: JsonObject,
  options: { readonly requireExp: boolean },
): TokenTimes | Failure {
  const exp = own(claims, 'exp');
  const nbf = own(claims, 'nbf');
  const iat = own(claims, 'iat');
  if (!isOptionalDate(exp)) return notNumericDate('exp');
  if (!isOptionalDate(nbf)) return notNumericDate('nbf');
  if (!isOptionalDate(iat)) return notNumericDate('iat');
  if (exp === undefined && options.requireExp) return { code: 'claim_missing', reason: '"exp" is missing' };
  return { exp, nbf, iat };
}

const notNumericDate = (name: string): Failure => ({
  code: 'claim_malformed',
  reason: `"${name}" is not a NumericDate in seconds`,
});

/** Checks times against `now`, in seconds since the epoch; may be called again at any later time. */
export function checkTimes(
  { exp, nbf, iat }: TokenTimes,
  { clockToleranceSeconds: tolerance }: Provider,
  now: number,
): Failure | undefined {
  if (exp !== undefined && now >= exp + tolerance) {
    return { code: 'token_expired', reason: `expired ${duration(now - exp)} ago` };
  }
  if (nbf !== undefined && now < nbf - tolerance) return notYet('nbf', nbf - now);
  if (iat !== undefined && now < iat - tolerance) return notYet('iat', iat - now);
  return undefined;
}

const notYet = (name: string, seconds: number): Failure => ({
  code: 'token_not_yet_valid',
  reason: `"${name}" is ${duration(seconds)} ahead`,
});

/** Checks the age by `iat`, where the provider limits it; may be called again at any later time. */
export function checkAge(
  claims: JsonObject,
  { clockToleranceSeconds: tolerance, maxTokenAgeSeconds: maxAge }: Provider,
  now: number,
): Failure | undefined {
  if (maxAge === undefined) return undefined;
  const iat = own(claims, 'iat');
  if (!isNumericDate(iat))
    return { code: 'claim_missing', reason: '"iat" is missing, but the provider limits the age of tokens' };
  return now - iat > maxAge + tolerance
    ? { code: 'token_expired', reason: `issued ${duration(now - iat)} ago, accepted for ${maxAge} s` }
    : undefined;
}

/** Checks all claims except audience and times, and returns who is calling. `issuer` is the accepted one. */
export function checkClaims(claims: JsonObject, provider: Provider, issuer: string): Identity | Failure {
  return (
    checkSenderConstraint(claims) ??
    checkRequiredClaims(claims, provider) ??
    parseIdentity(claims, provider, issuer)
  );
}

export function checkAudience(
  claims: JsonObject,
  { audience, audienceClaim: name }: KeySetProvider,
): Failure | undefined {
  if (audience === null) return undefined;
  const value = claimAt(claims, name);
  if (value === undefined) return { code: 'claim_missing', reason: `"${name}" is missing` };
  const values = typeof value === 'string' ? [value] : value;
  if (!isStringList(values)) {
    return { code: 'claim_malformed', reason: `"${name}" is neither a string nor a list of strings` };
  }
  if (values.some((entry) => audience.includes(entry))) return undefined;
  return {
    code: 'audience_mismatch',
    reason: `"${name}" ${quote(values)} has none of the accepted ${quote(audience)}`,
  };
}

/**
 * RFC 7800: a token with `cnf` must come with a proof of the key that it names, and this function checks no proofs.
 */
export function checkSenderConstraint(claims: JsonObject): Failure | undefined {
  return own(claims, 'cnf') === undefined
    ? undefined
    : { code: 'token_sender_constrained', reason: '"cnf" asks for a proof of possession' };
}

export function checkRequiredClaims(claims: JsonObject, { requiredClaims }: Provider): Failure | undefined {
  const unmet = unmetRule(claims, requiredClaims);
  if (unmet === undefined) return undefined;
  return unmet.present
    ? { code: 'claim_not_accepted', reason: `"${unmet.claim}" does not meet the provider's rule` }
    : { code: 'claim_missing', reason: `"${unmet.claim}" is missing` };
}

export function parseIdentity(claims: JsonObject, provider: Provider, issuer: string): Identity | Failure {
  const subject = own(claims, 'sub');
  if (!isOptionalString(subject)) return notString('sub');
  if (!isOptionalString(own(claims, 'jti'))) return notString('jti');
  if (!isOptionalString(own(claims, 'client_id'))) return notString('client_id');
  const scopeClaim = provider.scopeClaim ?? (Object.hasOwn(claims, 'scope') ? 'scope' : 'scp');
  const scopes = parseScopes(claimAt(claims, scopeClaim));
  if (scopes === undefined) {
    return { code: 'claim_malformed', reason: `"${scopeClaim}" is neither a string nor a list of strings` };
  }
  return { provider: provider.name, issuer, subject, clientId: clientIdOf(claims), scopes, claims };
}

const notString = (name: string): Failure => ({
  code: 'claim_malformed',
  reason: `"${name}" is not a string`,
});

/** The first of the claims that name a client. Issuers use all of them but `client_id` for other things too. */
function clientIdOf(claims: JsonObject): string | undefined {
  for (const name of CLIENT_CLAIMS) {
    const value = own(claims, name);
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/**
 * The scopes in a string, separated by spaces (RFC 6749 §3.3), or in a list, whose elements are never split. An
 * element with a space is not a scope: joined with the others for the upstream, `friends of admin` would grant
 * `admin`.
 */
function parseScopes(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return words(value);
  if (value === undefined || value === null) return [];
  if (!isStringList(value)) return undefined;
  return value.every(isScope) ? value : value.filter(isScope);
}

const isScope = (text: string): boolean => !/^$|[\s\p{Cc}]/u.test(text);

function words(text: string): string[] {
  const parts = text.split(' ');
  return parts.includes('') ? parts.filter((part) => part !== '') : parts;
}

const isOptionalString = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string';

const isOptionalDate = (value: unknown): value is number | undefined =>
  value === undefined || isNumericDate(value);

/** Whether a claim is a time (RFC 7519 §2), in seconds since the epoch. */
export const isNumericDate = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) <= MAX_NUMERIC_DATE;

const isStringList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');

const quote = (values: readonly string[]): string => values.map((value) => JSON.stringify(value)).join(', ');

/** A length of time in words, from seconds. */
function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 120) return `${whole} s`;
  return whole < 7200 ? `${Math.floor(whole / 60)} min` : `${Math.floor(whole / 3600)} h`;
}
