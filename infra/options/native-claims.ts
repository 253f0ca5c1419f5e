import { parser } from './parse.ts';

/** A claim that the load balancer checks besides `iss`, `exp`, `nbf` and `iat`. */
export interface NativeClaim {
  /** Name of the claim. */
  readonly name: string;
  /** Format of its value. */
  readonly format: 'single-string' | 'space-separated-values' | 'string-array';
  /** 1 to 10 values, one of which the claim must have. */
  readonly values: readonly string[];
}

/** Formats that a claim's value may have, as the load balancer calls them. */
const FORMATS = [
  'single-string',
  'space-separated-values',
  'string-array',
] as const satisfies readonly NativeClaim['format'][];

/** The most claims that one action takes. */
export const MAX_NATIVE_CLAIMS = 10;

const EXPECTED = `a JSON list of {"name": "…", "format": "${FORMATS.join(' | ')}", "values": [1 to 10 strings of at most 256 characters]}; not for exp, iss, nbf, iat, aud or scope`;

export const parseNativeClaims = parser<readonly NativeClaim[]>({ type: ['array', 'string'] }, (text) => {
  let claims: unknown;
  try {
    claims = JSON.parse(text);
  } catch {
    return { expected: EXPECTED };
  }
  return Array.isArray(claims) && claims.length > 0 && claims.every(isClaim)
    ? { value: claims }
    : { expected: EXPECTED };
});

function isClaim(claim: unknown): claim is NativeClaim {
  if (typeof claim !== 'object' || claim === null) return false;
  const { name, format, values, ...rest } = claim as Partial<Record<string, unknown>>;
  return (
    typeof name === 'string' &&
    /^\S{1,256}$/.test(name) &&
    !['exp', 'iss', 'nbf', 'iat', 'aud', 'scope'].includes(name) &&
    FORMATS.some((known) => known === format) &&
    Array.isArray(values) &&
    values.length >= 1 &&
    values.length <= 10 &&
    values.every((value) => isValue(value, format === 'space-separated-values')) &&
    Object.keys(rest).length === 0
  );
}

function isValue(value: unknown, oneWord: boolean): boolean {
  return typeof value === 'string' && value !== '' && value.length <= 256 && !(oneWord && /\s/.test(value));
}
