import { cleanToken } from './clean-token.ts';
import { type Pasted, TOKEN_NAMES, type TokenName } from './pasted.ts';

/** Names in token responses, as in RFC 6749 and in the output of tools and SDKs. Unambiguous ones come first. */
const SPELLINGS: Readonly<Record<TokenName, readonly string[]>> = {
  // MSAL, Amplify, `az account get-access-token`; AWS STS's GetWebIdentityToken; GitHub Actions has `value`.
  access_token: ['access_token', 'accesstoken', 'webidentitytoken', 'token', 'jwt', 'value'],
  // Google Identity Services has `credential`.
  id_token: ['id_token', 'idtoken', 'credential'],
  refresh_token: ['refresh_token', 'refreshtoken'],
};

type Tokens = Partial<Record<TokenName, string>>;

/** Reads a token response, as JSON or as the form in a URL; undefined if it is not one. */
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

/** JSON whose end is missing still shows its tokens, except the one that was cut. */
function cutJson(text: string): Pasted {
  return /"(?:access|id)_?token"/i.test(text)
    ? problem(
        'The token response is not valid JSON: its beginning or end was not copied. Pipe it in whole, as with: curl … | npm run explain -- --token -',
      )
    : problem(
        'What was pasted begins like JSON, but is not valid: paste a whole token response, or a token alone.',
      );
}

function ofMembers(value: unknown): Pasted | undefined {
  const members = new Map<string, string>();
  const error = collect(value, members, 4);
  const tokens: Tokens = {};
  const notes: string[] = [];
  for (const name of TOKEN_NAMES) {
    const text = SPELLINGS[name].map((spelling) => members.get(spelling)).find((one) => one !== undefined);
    if (text === undefined) continue;
    const clean = cleanToken(text);
    tokens[name] = clean.token;
    notes.push(...clean.notes);
  }
  if (Object.keys(tokens).length > 0) return { kind: 'response', tokens, notes: [...new Set(notes)] };
  if (error === undefined) return undefined;
  return problem(
    `The authorization server responded with the error ${error} and no token: fix the token request first.`,
  );
}

/**
 * Collects the texts in an object and its members, the first of each name in lower case. Returns the error code of RFC 6749 §5.2, if there
 * is one.
 */
function collect(value: unknown, members: Map<string, string>, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null || depth === 0) return undefined;
  let error: string | undefined;
  for (const [member, one] of Object.entries(value)) {
    const name = member.toLowerCase();
    if (typeof one !== 'string') error ??= collect(one, members, depth - 1);
    else if (name === 'error' && /^[\w-]{1,60}$/.test(one)) error = one;
    else if (one !== '' && !members.has(name)) members.set(name, one);
  }
  return error;
}

const problem = (text: string): Pasted => ({ kind: 'unreadable', problem: text, notes: [] });
