import { type Pasted, TOKEN_NAMES, type TokenName } from './pasted.ts';

/** Names that a token response has, in the spelling of RFC 6749 and of the tools and SDKs that print one. */
const SPELLINGS: Readonly<Record<string, TokenName>> = {
  access_token: 'access_token',
  // MSAL, Amplify, `az account get-access-token`
  accesstoken: 'access_token',
  // AWS STS's GetWebIdentityToken
  webidentitytoken: 'access_token',
  // GitHub Actions
  value: 'access_token',
  token: 'access_token',
  jwt: 'access_token',
  id_token: 'id_token',
  idtoken: 'id_token',
  // Google Identity Services
  credential: 'id_token',
  refresh_token: 'refresh_token',
  refreshtoken: 'refresh_token',
};

type Tokens = Partial<Record<TokenName, string>>;

/** Reads a token response, as JSON or as the form that comes in a URL; undefined where it is none. */
export function parseTokenResponse(text: string): Pasted | undefined {
  if (/^[{[]/.test(text)) return ofJson(text);
  const [, form] = /(?:^|[?#&\s])((?:[\w.-]+=[^&\s]*&)*(?:access|id)_token=[^\s]*)$/.exec(text) ?? [];
  return form === undefined ? undefined : ofMembers(Object.fromEntries(new URLSearchParams(form)));
}

function ofJson(text: string): Pasted | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return cutJson(text);
  }
  return (
    ofMembers(value) ?? problem('The JSON has no token in it: paste a token response, or a token alone.')
  );
}

/** JSON whose end is missing still shows its tokens, but for the one that was cut. */
function cutJson(text: string): Pasted {
  return /"(?:access|id)_?token"/i.test(text)
    ? problem(
        'The token response is no valid JSON: its beginning or end was not copied. Pipe it in whole, as with: curl … | npm run explain -- --token -',
      )
    : problem(
        'What was pasted begins like JSON, but is not: paste a whole token response, or a token alone.',
      );
}

function ofMembers(value: unknown): Pasted | undefined {
  const tokens: Tokens = {};
  const error = collect(value, tokens, 4);
  const found = TOKEN_NAMES.filter((name) => tokens[name] !== undefined);
  if (found.length > 0) return { kind: 'response', tokens, notes: [] };
  if (error === undefined) return undefined;
  return problem(
    `The authorization server has answered with the error ${error}, and with no token: the request for the token must be put right first.`,
  );
}

/** The tokens in an object and in those within it; answers the error code of RFC 6749 §5.2, if that is all there is. */
function collect(value: unknown, tokens: Tokens, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null || depth === 0) return undefined;
  let error: string | undefined;
  for (const [member, one] of Object.entries(value)) {
    const name = Object.hasOwn(SPELLINGS, member.toLowerCase()) ? SPELLINGS[member.toLowerCase()] : undefined;
    if (name !== undefined && typeof one === 'string' && one !== '') tokens[name] ??= one;
    else if (member === 'error' && typeof one === 'string' && /^[\w-]{1,60}$/.test(one)) error = one;
    else error ??= collect(one, tokens, depth - 1);
  }
  return error;
}

const problem = (text: string): Pasted => ({ kind: 'unreadable', problem: text, notes: [] });
