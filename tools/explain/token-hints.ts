import type { JsonObject } from '../../lambda/core/jwt/decode.ts';
import { MAX_TOKEN_LENGTH } from '../../lambda/core/jwt/decode.ts';
import type { Provider } from '../../lambda/core/provider.ts';
import { listed, shown } from './format.ts';

/** What may be the matter with a text that is no token. Nothing of the text itself is repeated. */
export function malformedHints(token: string): string[] {
  const segments = token.split('.');
  if (token.length > MAX_TOKEN_LENGTH) {
    return ['a load balancer takes no header over 16 K: have the issuer put less into the token'];
  }
  if (token.includes('…') || token.includes('...')) {
    return ['it has an ellipsis: it was copied from where it was shown shortened'];
  }
  if (/\s/.test(token)) return ['it has white space within: more than the token was copied, or less'];
  if (segments.length === 1) {
    return [
      'this is an opaque token, not a JWT: only its issuer can tell what it means',
      'ask the authorization server for JWT access tokens; some give them only to requests that name an audience, a resource or an API scope',
    ];
  }
  if (segments.length === 5) {
    const header = jsonOf(segments[0] ?? '');
    return [
      `this is an encrypted token (JWE${header === undefined ? '' : `, "alg" ${shown(header.alg)}, "enc" ${shown(header.enc)}`}), which only the holder of the private key can read`,
      'have the issuer sign access tokens for this API without encrypting them',
    ];
  }
  if (segments.length === 2) return ['the signature is missing: the end of the token was not copied'];
  if (segments.length !== 3) return ['a JWT has three segments'];
  if (segments[2] === '') {
    const alg = jsonOf(segments[0] ?? '')?.alg;
    return [
      alg === 'none'
        ? 'the token is unsigned ("alg" is "none"): anybody could have written it'
        : 'the signature is empty: the end of the token was not copied',
    ];
  }
  const hints = [];
  if (/[+/]/.test(token)) hints.push('it has "+" or "/": it was encoded as base64, and a JWT is base64url');
  if (/=/.test(token)) hints.push('it has "=": a JWT is base64url without padding');
  if (hints.length === 0) {
    hints.push('a character was changed or lost when it was copied, or it was put together by hand');
  }
  return hints;
}

function jsonOf(segment: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** Signs that a token is made for another use than calling an API. */
export function usageHints(header: JsonObject, claims: JsonObject): string[] {
  const has = (name: string) => Object.hasOwn(claims, name);
  const access = 'call APIs with the access token';
  if (claims.token_use === 'id') return [`"token_use" is "id": this is an ID token; ${access}`];
  if (claims.typ === 'ID') return [`the claim "typ" is "ID": this is an ID token; ${access}`];
  if (claims.typ === 'Refresh') return [`the claim "typ" is "Refresh": this is a refresh token; ${access}`];
  const signs = ['nonce', 'at_hash', 'c_hash'].filter(has).map((name) => `"${name}"`);
  const scoped = has('scope') || has('scp');
  if (signs.length > 0 && !scoped && header.typ !== 'at+jwt') {
    return [`it has ${listed(signs)}, which ID tokens have: this looks like an ID token; ${access}`];
  }
  return [];
}

/** What to do about a JOSE header that the provider does not accept. */
export function headerHints(code: string, header: JsonObject, provider: Provider): string[] {
  const { alg, typ } = header;
  switch (code) {
    case 'algorithm_not_allowed': {
      const own = provider.algorithms.join(', ');
      if (alg === 'none') return ['the token is unsigned: anybody could have written it'];
      if (typeof alg === 'string' && /^HS\d+$/.test(alg)) {
        return [
          `${alg} signs with a secret that both sides share; have the issuer sign with a key pair, such as RS256 or ES256`,
        ];
      }
      return [
        `the token has "alg" ${shown(alg)}; provider ${provider.name} accepts ${own} ("algorithms" in the policy)`,
      ];
    }
    case 'type_not_allowed':
      return [
        `the token has "typ" ${shown(typ)}${/dpop/i.test(String(typ)) ? ': a DPoP proof, not the access token' : ''}${/logout/i.test(String(typ)) ? ': a logout token' : ''}`,
        `provider ${provider.name} accepts ${listed(provider.types.map((type) => shown(type)))} ("typ" in the policy)`,
      ];
    case 'header_unsupported':
      return ['have the issuer leave that header parameter out; it changes how a token must be read'];
    default:
      return [];
  }
}
