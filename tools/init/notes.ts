import { parseEndpoint } from '../../lambda/core/config/url.ts';
import type { Answers } from './answers.ts';
import { placeOfClaim } from './asked-claim.ts';
import type { Discovered } from './discovery.ts';
import { ANY_ISSUER } from './presets/any-issuer.ts';
import type { Preset } from './presets/preset.ts';
import { unsentPaths } from './steps.ts';

interface Facts {
  readonly preset: Preset;
  readonly answers: Answers;
  readonly discovered: Discovered | undefined;
  readonly keysUrl: string | undefined;
}

/** Notes about values that can be put, but that an operator should know about. */
export const notesOf = ({ preset, answers, discovered, keysUrl }: Facts): readonly string[] => [
  ...idTokenNotes(preset, answers),
  ...valueNotes(preset, answers),
  ...pathNotes(answers),
  ...(discovered === undefined ? [] : [...placeNotes(discovered), ...grantNotes(preset, discovered)]),
  ...elsewhere('the keys are at', keysUrl, answers),
  ...(discovered === undefined ? [] : endpointNotes(discovered, answers)),
];

/** Scopes of OpenID Connect Core 1.0 §5.4 and §11, which say something about a login and nothing about an API. */
const OF_LOGINS = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'];

function idTokenNotes({ name }: Preset, { scopes }: Answers): string[] {
  const ofLogins = scopes.filter((scope) => OF_LOGINS.includes(scope));
  return [
    ...(ofLogins.length > 0
      ? [
          `the scope ${ofLogins.join(' ')} is for logins: tokens for any API may have it, so require a scope of this API`,
        ]
      : []),
    ...(name === ANY_ISSUER
      ? [
          'an ID token is signed by the same keys and has a client as "aud": list only audiences of the API, never a client ID',
        ]
      : []),
  ];
}

/** Values that are taken literally, but look as if they were meant differently. */
function valueNotes(preset: Preset, { claims, scopes }: Answers): string[] {
  const ofClaims = Object.entries(claims).flatMap(([name, values]) =>
    values.flatMap((value) => {
      if (value.includes(',')) {
        return [`"${value}" is one value of the claim ${name}: for several, give --claim once for each`];
      }
      const isTyped = /^(?:true|false|\d+)$/.test(value) && placeOfClaim(preset, name).asked === undefined;
      return isTyped
        ? [
            `the claim ${name} is compared with the string "${value}": if the tokens have it as a JSON ${/\d/.test(value) ? 'number' : 'boolean'}, remove the quotes in the file`,
          ]
        : [];
    }),
  );
  const ofScopes = scopes
    .filter((scope) => scope.includes(','))
    .map((scope) => `"${scope}" is one scope: spaces separate several`);
  return [...ofClaims, ...ofScopes];
}

function pathNotes(answers: Answers): string[] {
  const paths = unsentPaths(answers);
  return paths.length === 0
    ? []
    : [
        `by default, a deployment sends only /api/* to the function: its option "paths" must cover ${paths.join(', ')} as well`,
      ];
}

/** A named key set stays fixed even if the issuer moves it, and naming it may have been unnecessary. */
function placeNotes({ instead, jwksUri }: Discovered): string[] {
  return instead === undefined || jwksUri === undefined
    ? []
    : [`jwks-uri names the key set, because the function cannot discover it: ${instead}`];
}

function grantNotes({ token }: Preset, { metadata }: Discovered): string[] {
  if (token.kind !== 'client-credentials' || token.endpoint !== undefined) return [];
  if (metadata.tokenEndpoint === undefined) {
    return [
      'the discovery document names no "token_endpoint": such an issuer often issues only ID tokens, so look at the "aud" of one',
    ];
  }
  return metadata.grantTypes?.includes('client_credentials') === false
    ? ['the discovery document does not list the grant client_credentials: users may have to log in']
    : [];
}

function endpointNotes({ metadata: { tokenEndpoint } }: Discovered, answers: Answers): string[] {
  if (tokenEndpoint === undefined) return [];
  const url = parseEndpoint(tokenEndpoint);
  return typeof url === 'string'
    ? [`the discovery document has a "token_endpoint" that ${url}: send no secret there`]
    : elsewhere('clients send their secrets to', url.href, answers);
}

/** A URL on a host other than the issuer's may be right, but is worth a look. */
function elsewhere(what: string, text: string | undefined, { issuers: [issuer = ''] }: Answers): string[] {
  if (text === undefined || !URL.canParse(issuer) || !URL.canParse(text)) return [];
  const [own, other] = [new URL(issuer).host, new URL(text).host];
  return own === other || own === '' ? [] : [`${what} a host other than the issuer's: ${other}`];
}
