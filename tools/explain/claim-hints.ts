import { claimAt, wordsOf } from '../../lambda/core/claim-rules.ts';
import type { JsonObject } from '../../lambda/core/jwt/decode.ts';
import type { KeySetProvider, Provider } from '../../lambda/core/provider.ts';
import type { Route } from '../../lambda/core/routes/route.ts';
import { duration, listed, shown, time } from './format.ts';

const settingOf = ({ name }: Provider, parameter: string): string =>
  name === 'default' ? `the parameter "${parameter}"` : `"${parameter}" of provider ${name}`;

/** Why the audience of a token may be a different one. */
export function audienceHints(claims: JsonObject, provider: KeySetProvider): string[] {
  const accepted = provider.audience ?? [];
  const name = provider.audienceClaim;
  const value = claimAt(claims, name);
  const values = (Array.isArray(value) ? value : [value]).filter((entry) => typeof entry === 'string');
  const hints: string[] = [];
  if (value !== undefined) {
    hints.push(
      `the token is for ${shown(value)}, but the provider accepts ${listed(accepted.map((one) => shown(one)))}`,
    );
  }
  for (const entry of values) {
    const alike = accepted.find((one) => loosely(one) === loosely(entry));
    if (alike !== undefined) {
      hints.push(
        `${shown(entry)} and ${shown(alike)} are almost the same: set ${settingOf(provider, 'audience')} to exactly what the token has`,
      );
    }
  }
  const client = ['client_id', 'azp', 'cid', 'appid'].find((claim) =>
    accepted.includes(claims[claim] as string),
  );
  if (client !== undefined) {
    hints.push(
      `"${client}" is ${shown(claims[client])}, which is configured as an audience: to accept tokens by their client, set "audienceClaim": "${client}" on provider ${provider.name}`,
    );
  } else if (value === undefined && typeof claims.client_id === 'string') {
    hints.push(
      claims.token_use === 'access'
        ? `access tokens of Amazon Cognito have no "aud": set "audienceClaim": "client_id" on provider ${provider.name}, and ${settingOf(provider, 'audience')} to the client, ${shown(claims.client_id)}`
        : `the token has a "client_id", ${shown(claims.client_id)}, but no "aud": ask the authorization server for a token for this API`,
    );
  }
  if (values.some((entry) => entry === claims.azp || entry === claims.client_id)) {
    hints.push('the token is for the client that asked for it: it is an ID token, or no API was asked for');
  }
  return hints;
}

/** Entra ID and hand-written settings often differ in scheme, case and a trailing slash. */
const loosely = (audience: string): string =>
  audience
    .toLowerCase()
    .replace(/^(?:api|https?):\/\//, '')
    .replace(/\/+$/, '');

/** When a token is valid, and whose clock to check. */
export function timeHints(
  claims: JsonObject,
  { clockToleranceSeconds: tolerance, maxTokenAgeSeconds: maxAge, name }: Provider,
  now: number,
  timeZone: string,
): string[] {
  const { exp, nbf, iat } = claims;
  const hints: string[] = [];
  for (const [claim, value] of Object.entries({ exp, nbf, iat })) {
    if (typeof value === 'number' && value > 100_000_000_000) {
      hints.push(`"${claim}" ${value} is in milliseconds: NumericDate is in seconds (RFC 7519 §2)`);
    }
    if (typeof value === 'string')
      hints.push(`"${claim}" is a string: NumericDate is a number (RFC 7519 §2)`);
  }
  if (hints.length > 0) return hints;
  if (typeof exp === 'number' && now >= exp + tolerance) {
    hints.push(
      `it expired at ${time(exp, timeZone)}, ${duration(now - exp)} ago; now is ${time(now, timeZone)}`,
    );
    if (typeof iat === 'number')
      hints.push(`it was good for ${duration(exp - iat)}: get a new one before each expiry`);
  }
  const ahead = Object.entries({ nbf, iat }).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number' && now < entry[1] - tolerance,
  );
  for (const [claim, value] of ahead) {
    hints.push(
      `"${claim}" is ${time(value, timeZone)}, ${duration(value - now)} from now (${time(now, timeZone)})`,
    );
  }
  if (ahead.length > 0) {
    hints.push(
      ahead.every(([, value]) => value - now < 3600)
        ? `the clocks of the issuer and of this machine differ: ${tolerance} s are tolerated ("clockToleranceSeconds" of provider ${name}, 300 at most)`
        : 'the token was made to be used later, or one of the clocks is wrong',
    );
  }
  if (hints.length === 0 && maxAge !== undefined) {
    hints.push(`provider ${name} accepts tokens for ${duration(maxAge)} after "iat" ("maxTokenAgeSeconds")`);
  }
  return hints;
}

/** Where the required scopes may be hidden. */
export function scopeHints(claims: JsonObject, { scopes }: Route, { scopeClaim, name }: Provider): string[] {
  const wanted = 'all' in scopes ? scopes.all : scopes.any;
  const read = scopeClaim ?? (Object.hasOwn(claims, 'scope') ? 'scope' : 'scp');
  const value = claimAt(claims, read);
  const held = wordsOf(value).map(String);
  const missing = wanted.filter((scope) => !held.includes(scope));
  const hints = [
    value === undefined
      ? `the token has no "${read}", so it lacks ${listed(missing)}`
      : `"${read}" is ${shown(value)}; it lacks ${listed(missing)}`,
  ];
  if (typeof value === 'string' && value.includes(',')) {
    hints.push('scopes in a string are separated by spaces, not by commas (RFC 6749 §3.3)');
  }
  const inList = Array.isArray(value)
    ? value.filter(
        (one) => typeof one === 'string' && missing.some((scope) => one.split(' ').includes(scope)),
      )
    : [];
  if (inList.length > 0) {
    hints.push(`${listed(inList.map((one) => shown(one)))} is one element of a list, and is never split`);
  }
  const cased = missing.filter((scope) => held.some((one) => one.toLowerCase() === scope.toLowerCase()));
  if (cased.length > 0) hints.push(`it has ${listed(cased)} in different case: scopes are case-sensitive`);
  for (const [claim, other] of Object.entries(claims)) {
    if (claim === read) continue;
    const found = missing.filter((scope) => wordsOf(other).includes(scope));
    if (found.length === 0) continue;
    const wins = claim === 'scp' && read === 'scope' ? ', and "scope" comes before "scp"' : '';
    hints.push(
      `"${claim}" has ${listed(found)}${wins}: if scopes are there, set "scopeClaim": "${claim}" on provider ${name}`,
    );
  }
  return hints;
}
