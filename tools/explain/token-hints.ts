import type { JsonObject, TokenParts } from '../../lambda/core/jwt/decode.ts';
import type { Provider } from '../../lambda/core/provider.ts';
import { listed, shown } from './format.ts';

const GRAPH = ['00000003-0000-0000-c000-000000000000', 'https://graph.microsoft.com'];

/**
 * Whether Entra ID made the token for Microsoft Graph. It signs a hash of the header's "nonce" instead of the nonce itself, so
 * only Graph can verify such a token.
 */
export const isForGraph = ({ header, claims }: TokenParts): boolean =>
  Object.hasOwn(header, 'nonce') &&
  (GRAPH.includes(String(claims.aud).replace(/\/$/, '')) ||
    /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.(?:com|us))\//.test(String(claims.iss)));

export const GRAPH_HINT =
  'this is a token for Microsoft Graph ("nonce" in its header): only Graph can verify its signature';

/** Signs that a token is not made for calling an API. */
export function usageHints(header: JsonObject, claims: JsonObject): string[] {
  const has = (name: string) => Object.hasOwn(claims, name);
  if (isForGraph({ header, claims })) {
    return [
      GRAPH_HINT,
      'ask for a token for your own API instead, with a scope such as api://YOUR-API/.default',
    ];
  }
  const access = 'call APIs with the access token';
  if (claims.token_use === 'id') return [`"token_use" is "id": this is an ID token; ${access}`];
  if (claims.typ === 'ID') return [`the claim "typ" is "ID": this is an ID token; ${access}`];
  if (claims.typ === 'Refresh' || claims.typ === 'Offline') {
    return [`the claim "typ" is ${shown(claims.typ)}: this is a refresh token; ${access}`];
  }
  if (claims.token_use === 'refresh') return [`"token_use" is "refresh": this is a refresh token; ${access}`];
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
