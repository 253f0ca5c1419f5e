import type { Failure } from '../failure.ts';
import type { Identity } from '../identity.ts';
import type { Provider } from '../provider.ts';
import type { JsonObject } from './decode.ts';

/** Largest NumericDate, in seconds: the end of the year 9999. What is later is in milliseconds, or a mistake. */
const MAX_NUMERIC_DATE = 253_402_300_799;

/**
 * Checks `exp`, `nbf`, `iat` (RFC 7519 §4.1) against the time, which may be called again at any later time.
 * `now` is in seconds since the epoch. `exp` is required.
 */
export function checkTimes(claims: JsonObject, provider: Provider, now: number): Failure | undefined {
  const tolerance = provider.clockToleranceSeconds;
  for (const name of ['exp', 'nbf', 'iat'] as const) {
    const value = claim(claims, name);
    if (value !== undefined && !isNumericDate(value)) {
      return { code: 'claim_malformed', reason: `"${name}" is not a NumericDate in seconds` };
    }
  }
  const { exp, nbf, iat } = claims as { exp?: number; nbf?: number; iat?: number };
  if (exp === undefined) return { code: 'claim_missing', reason: '"exp" is missing' };
  if (now >= exp + tolerance) return { code: 'token_expired', reason: `expired ${ago(now - exp)}` };
  if (nbf !== undefined && now < nbf - tolerance) {
    return { code: 'token_not_yet_valid', reason: `"nbf" is ${Math.ceil(nbf - now)} s ahead` };
  }
  if (iat !== undefined && now < iat - tolerance) {
    return { code: 'token_not_yet_valid', reason: `"iat" is ${Math.ceil(iat - now)} s ahead` };
  }
  return undefined;
}

/** Checks what does not change with time: audience, sender constraint and the types of what becomes identity. */
export function checkClaims(claims: JsonObject, provider: Provider): Failure | undefined {
  return checkAudience(claims, provider) ?? checkSenderConstraint(claims) ?? checkIdentity(claims);
}

function checkAudience(claims: JsonObject, provider: Provider): Failure | undefined {
  if (provider.audience === null) return undefined;
  const aud = claim(claims, 'aud');
  if (aud === undefined) return { code: 'claim_missing', reason: '"aud" is missing' };
  const values = typeof aud === 'string' ? [aud] : aud;
  if (!isStringList(values)) {
    return { code: 'claim_malformed', reason: '"aud" is neither a string nor a list of strings' };
  }
  if (values.some((value) => provider.audience?.includes(value))) return undefined;
  return {
    code: 'audience_mismatch',
    reason: `"aud" ${quote(values)} has none of the accepted ${quote(provider.audience)}`,
  };
}

/** RFC 7800: a token with `cnf` must come with proof of the key that it names, and none is looked at here. */
function checkSenderConstraint(claims: JsonObject): Failure | undefined {
  return claim(claims, 'cnf') === undefined
    ? undefined
    : { code: 'token_sender_constrained', reason: '"cnf" asks for a proof of possession' };
}

function checkIdentity(claims: JsonObject): Failure | undefined {
  for (const name of ['sub', 'client_id', 'azp', 'scope']) {
    const value = claim(claims, name);
    if (value !== undefined && typeof value !== 'string') {
      return { code: 'claim_malformed', reason: `"${name}" is not a string` };
    }
  }
  const scp = claim(claims, 'scp');
  return scp === undefined || typeof scp === 'string' || isStringList(scp)
    ? undefined
    : { code: 'claim_malformed', reason: '"scp" is neither a string nor a list of strings' };
}

/** The identity in claims that have passed checkClaims. */
export function identityOf(claims: JsonObject, provider: Provider, issuer: string): Identity {
  const scope = claim(claims, 'scope') ?? claim(claims, 'scp') ?? [];
  return {
    provider: provider.name,
    issuer,
    subject: claim(claims, 'sub') as string | undefined,
    clientId: (claim(claims, 'client_id') ?? claim(claims, 'azp')) as string | undefined,
    scopes: typeof scope === 'string' ? scope.split(' ').filter((s) => s !== '') : (scope as string[]),
    claims,
  };
}

/** A claim's own value: never one that the object inherits, whatever the name. */
export const claim = (claims: JsonObject, name: string): unknown =>
  Object.hasOwn(claims, name) ? claims[name] : undefined;

const isNumericDate = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) <= MAX_NUMERIC_DATE;

const isStringList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');

const quote = (values: readonly string[]): string => values.map((value) => JSON.stringify(value)).join(', ');

function ago(seconds: number): string {
  const s = Math.floor(seconds);
  return s < 120
    ? `${s} s ago`
    : s < 7200
      ? `${Math.floor(s / 60)} min ago`
      : `${Math.floor(s / 3600)} h ago`;
}
