import { AUDIENCE, NOW } from '../support/tokens.ts';

/** A token parsed as leniently as Node can, for these rules only; no verdict depends on it. */
interface LenientToken {
  readonly segments: readonly string[];
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
  /** The ring's keys that fit `alg` and `kid`. */
  readonly candidates: number;
  /** Whether no key of the ring has a `kid`. */
  readonly nameless: boolean;
}

/** The rules that make this verifier reject a token that jose accepts with the same key set, issuer, audience and time. */
interface StricterRule {
  readonly name: string;
  readonly code: string;
  readonly applies: (token: LenientToken) => boolean;
}

const MAX_NUMERIC_DATE = 253_402_300_799;
const TYPES = ['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt'];

const isStringList = (value: unknown): boolean =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');
const isGiven = (value: unknown): boolean => value !== undefined;

export const STRICTER_RULES: readonly StricterRule[] = [
  {
    name: 'padding in a segment of a bearer token (RFC 7515 §2)',
    code: 'token_malformed',
    applies: ({ segments }) => segments.some((segment) => segment.includes('=')),
  },
  {
    name: 'white space in a segment (RFC 7515 §2)',
    code: 'token_malformed',
    applies: ({ segments }) => segments.some((segment) => /\s/.test(segment)),
  },
  {
    name: 'non-zero trailing bits in a segment (RFC 4648 §3.5)',
    code: 'token_malformed',
    applies: ({ segments }) =>
      segments
        .map((segment) => segment.replace(/[\s=]/g, ''))
        .some((segment) => Buffer.from(segment, 'base64url').toString('base64url') !== segment),
  },
  {
    name: 'a byte order mark before the JSON text (RFC 8259 §8.1)',
    code: 'token_malformed',
    applies: ({ segments }) =>
      segments.slice(0, 2).some((segment) => Buffer.from(segment, 'base64url').subarray(0, 3).equals(BOM)),
  },
  {
    name: '"crit", even where it names what jose understands (RFC 7515 §4.1.11)',
    code: 'header_unsupported',
    applies: ({ header }) => Object.hasOwn(header, 'crit'),
  },
  {
    name: '"b64" without "crit" (RFC 7797 §6)',
    code: 'header_unsupported',
    applies: ({ header }) => Object.hasOwn(header, 'b64') && !Object.hasOwn(header, 'crit'),
  },
  {
    name: 'a "typ" that does not mean an access token (RFC 8725 §3.11)',
    code: 'type_not_allowed',
    applies: ({ header: { typ } }) =>
      isGiven(typ) && !(typeof typ === 'string' && TYPES.includes(typ.toLowerCase())),
  },
  {
    name: 'no "kid", of the token or of any key, and more keys that fit "alg" than are tried',
    code: 'key_unknown',
    applies: ({ header, candidates, nameless }) => (nameless || !isGiven(header.kid)) && candidates > 4,
  },
  {
    name: 'no "exp" (RFC 9068 §2.2)',
    code: 'claim_missing',
    applies: ({ claims }) => !isGiven(claims.exp),
  },
  {
    name: '"iat" in the future',
    code: 'token_not_yet_valid',
    applies: ({ claims: { iat } }) => typeof iat === 'number' && iat - 30 > NOW,
  },
  {
    name: 'a NumericDate beyond the year 9999, in milliseconds or infinite',
    code: 'claim_malformed',
    applies: ({ claims }) =>
      ['exp', 'nbf', 'iat'].some((name) => {
        const value = claims[name];
        return typeof value === 'number' && Math.abs(value) > MAX_NUMERIC_DATE;
      }),
  },
  {
    name: 'an "aud" list with an element that is not a string (RFC 7519 §4.1.3)',
    code: 'claim_malformed',
    applies: ({ claims: { aud } }) => Array.isArray(aud) && aud.includes(AUDIENCE) && !isStringList(aud),
  },
  {
    name: 'a "sub", "client_id" or "jti" that is not a string (RFC 7519 §4.1.2)',
    code: 'claim_malformed',
    applies: ({ claims }) =>
      ['sub', 'client_id', 'jti'].some((name) => isGiven(claims[name]) && typeof claims[name] !== 'string'),
  },
  {
    name: 'a "scope" or "scp" that is neither a string nor a list of strings (RFC 8693 §4.2)',
    code: 'claim_malformed',
    applies: ({ claims }) =>
      ['scope', 'scp'].some(
        (name) => isGiven(claims[name]) && typeof claims[name] !== 'string' && !isStringList(claims[name]),
      ),
  },
  {
    name: '"cnf" without a proof of possession (RFC 7800 §3.1)',
    code: 'token_sender_constrained',
    applies: ({ claims }) => isGiven(claims.cnf),
  },
];

const BOM = Buffer.from('\ufeff');

/** The rules that explain a rejection with this code although jose accepts the token. */
export function rulesFor(token: string, code: string, keys: readonly Record<string, unknown>[]): string[] {
  const segments = token.split('.');
  const header = objectOf(segments[0]);
  const claims = objectOf(segments[1]);
  const candidates = keys.filter((jwk) => fits(jwk, String(header.alg))).length;
  const nameless = keys.every((jwk) => !isGiven(jwk.kid));
  const lenient = { segments, header, claims, candidates, nameless };
  return STRICTER_RULES.filter((rule) => rule.code === code && rule.applies(lenient)).map(({ name }) => name);
}

function objectOf(segment = ''): Record<string, unknown> {
  try {
    return JSON.parse(
      Buffer.from(segment, 'base64url')
        .toString()
        .replace(/^\ufeff/, ''),
    );
  } catch {
    return {};
  }
}

const ED25519 = ['EdDSA', 'Ed25519'];
const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

function fits({ kty, crv, alg: bound }: Record<string, unknown>, alg: string): boolean {
  if (kty === 'OKP') return ED25519.includes(alg);
  if (bound !== undefined) return bound === alg;
  return kty === 'RSA' ? /^[RP]S/.test(alg) : CURVES[alg] === crv;
}
