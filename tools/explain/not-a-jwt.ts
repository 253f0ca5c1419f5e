import type { JsonObject } from '../../lambda/core/jwt/decode.ts';
import { MAX_TOKEN_LENGTH } from '../../lambda/core/jwt/decode.ts';
import { beginsObject } from '../harmless.ts';
import { shown } from './format.ts';

/** What a credential is that is not a JWT, and what to do instead. */
interface Kind {
  readonly is: RegExp;
  readonly what: string;
  readonly instead: string;
}

const OWN_API =
  'ask the authorization server for an access token for this API, by its audience, resource or scope';

/** Credentials that are recognized by their form, as their issuers document it. The first that fits applies. */
const KINDS: readonly Kind[] = [
  {
    is: /^ya29\./,
    what: "an opaque access token of Google, which only Google's APIs can read",
    instead: 'send the ID token instead: gcloud auth print-identity-token --audiences=…',
  },
  {
    is: /^1\/\/|^(?:0|1)\.A[\w-]{2,}\.|^M\.[CR]\w+/,
    what: 'a refresh token, which is only for the authorization server',
    instead: 'send the access token that it is exchanged for',
  },
  {
    is: /^(?:gh[oprsu]|github_pat)_|^ghs_/,
    what: 'an opaque token of GitHub, which only its own API can read',
    instead: 'GitHub Actions workflows get a JWT for an audience with core.getIDToken("AUDIENCE")',
  },
  {
    is: /^gl(?:pat|cbt|dt|rt|oas)-/,
    what: 'an opaque token of GitLab, which only its own API can read',
    instead: 'GitLab CI jobs get a JWT for an audience with "id_tokens"',
  },
  {
    is: /^xox[a-z]-/,
    what: 'a token of Slack, which only its own API can read',
    instead: OWN_API,
  },
  {
    is: /^Ew[A-Z]/,
    what: 'an opaque token of a personal Microsoft account, which only Microsoft can read',
    instead: 'ask for a scope of your own API (api://YOUR-API/.default), not of Microsoft Graph',
  },
  {
    is: /^(?:A[KS]IA[A-Z0-9]{12,}|(?:IQoJ|FwoG|FQoG)[\w+/=]+)$/,
    what: 'an access key id or a session token of AWS, which signs requests and is no bearer token',
    instead: 'AWS principals get a JWT with: aws sts get-web-identity-token --audience AUDIENCE …',
  },
  {
    is: /^(?:sk|pk|rk)[-_](?:live|test|proj|ant)?|^AIza|^SG\.|^key-|^SSWS |^00[\w-]{40}$|^hf_|^npm_|^pypi-|^dop_v1_/,
    what: 'an API key',
    instead: `an API key is not a token: ${OWN_API}`,
  },
  {
    is: /^(?:PHNhbWw|PD94bWwg|PEFzc2VydGlvb|PFJlc3BvbnNl|<\s*(?:\?xml|\w*:?(?:Assertion|Response)\b))/i,
    what: 'a SAML assertion, which is XML',
    instead:
      'exchange it for a JWT at the authorization server (RFC 7522), or have the application use OpenID Connect',
  },
  {
    is: /^-----BEGIN/,
    what: 'a key or a certificate',
    instead:
      'paste the token that was signed with it; if it is a private key that others have seen, it should be replaced',
  },
  {
    is: /^Basic\s/i,
    what: 'a user name and a password (Basic)',
    instead: `exchange them for a token first: ${OWN_API}`,
  },
  {
    is: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
    what: 'a UUID: an id, a client secret, an API key or an opaque token',
    instead: OWN_API,
  },
];

/** Where terminals cut a line in their usual mode, on Linux and macOS, with and without the line break. */
const TERMINAL_LINES: readonly number[] = [4096, 4095, 1024, 1023];

/** What may be wrong with a text that is not a token. Repeats nothing of the text. */
export function malformedHints(token: string): string[] {
  if (TERMINAL_LINES.includes(token.length)) {
    return [
      `it has exactly ${token.length} characters, where a terminal cuts a line: pipe the token in, as with pbpaste | npm run explain -- --token -`,
    ];
  }
  if (token.length > MAX_TOKEN_LENGTH) {
    return ['a load balancer takes no header over 16 K: have the issuer put less into the token'];
  }
  if (/…|\.\.\./.test(token))
    return ['it has an ellipsis: it was copied from a place that shows it shortened'];
  const kind = KINDS.find(({ is }) => is.test(token));
  if (kind !== undefined) return [`this is ${kind.what}`, kind.instead];
  if (/\s/.test(token))
    return ['it has white space in it: it was broken, or copied together with other text'];
  const segments = token.split('.');
  switch (segments.length) {
    case 1:
      return beginsObject(token) && jsonOf(token) === undefined
        ? ['it begins like a JWT, but ends within the header: the end of the token was not copied']
        : [
            'this is an opaque token, not a JWT: only its issuer can tell what it means',
            'Auth0, Okta and Entra ID issue opaque tokens, or tokens for their own use, when no API is asked for: name an audience (Auth0), a custom authorization server (Okta) or a scope of your API (Entra ID)',
            OWN_API,
          ];
    case 2:
      return [
        segments[1] === '' || jsonOf(segments[1] ?? '') === undefined
          ? 'it ends within the claims: the end of the token was not copied'
          : 'the signature is missing: the end of the token was not copied',
      ];
    case 3:
      return segmentHints(token, segments);
    case 5: {
      // RFC 7516 §4.1.2
      const header = jsonOf(segments[0] ?? '');
      return typeof header?.enc === 'string' ? encryptedHints(header) : severalHints(segments);
    }
    default:
      return severalHints(segments);
  }
}

const severalHints = ({ length }: readonly string[]): string[] => [
  `a JWT has three segments, and this has ${length}: more than one token was copied`,
];

function encryptedHints({ alg, enc, iss, cty }: JsonObject): string[] {
  const what = `this is an encrypted token (JWE, "alg" ${shown(alg)}, "enc" ${shown(enc)}), which only the holder of the key can read`;
  if (alg === 'dir') {
    const whose = typeof iss === 'string' ? ` (${shown(iss)})` : '';
    return [
      what,
      `the authorization server${whose} encrypts what only it is meant to read, as Auth0 does when no "audience" is asked for: ask for the audience of this API`,
    ];
  }
  if (cty === 'JWT' && alg === 'RSA-OAEP') {
    return [what, 'refresh tokens of Amazon Cognito look like this: send the access token'];
  }
  return [what, 'have the issuer sign access tokens for this API without encrypting them'];
}

function segmentHints(
  token: string,
  [header = '', claims = '', signature = '']: readonly string[],
): string[] {
  if (signature === '') {
    return [
      jsonOf(header)?.alg === 'none'
        ? 'the token is unsigned ("alg" is "none"): anybody could have written it'
        : 'the signature is empty: the end of the token was not copied',
    ];
  }
  const hints = [];
  if (/[+/]/.test(token)) hints.push('it has "+" or "/": it was encoded as base64, and a JWT is base64url');
  if (/=/.test(token)) hints.push('it has "=": a JWT is base64url without padding');
  if (hints.length > 0) return hints;
  if (jsonOf(header) === undefined) {
    return [
      'the header cannot be read: the beginning of the token was not copied, or a character was changed',
    ];
  }
  if (jsonOf(claims) === undefined) {
    return [
      'the claims cannot be read: characters in the middle were lost or changed when the token was copied',
    ];
  }
  return ['the signature cannot be read: its end was not copied, or a character of it was changed'];
}

function jsonOf(segment: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
