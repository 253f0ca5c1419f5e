import * as v from 'valibot';
import { closedObject } from './closed-object.ts';

/** Building blocks of the parameters' schemas. */

/** An optional member, described for the schema's readers. */
export const member = <S extends v.GenericSchema>(schema: S, description: string) =>
  v.exactOptional(v.pipe(schema, v.description(description)));

export const text = v.pipe(v.string(), v.minLength(1), v.maxLength(2048));
/** A list that is not empty. The example shows, in a problem, what an element looks like. */
export const listOf = <S extends v.GenericSchema>(schema: S, example: string) =>
  v.pipe(v.array(schema, suchAs('must be a list', [example])), v.minLength(1));
/** The problem with a value of the wrong kind, with an example of the right one. */
export const suchAs = (problem: string, example: object): string =>
  `${problem}, such as ${JSON.stringify(example)}`;
export const oneOrMany = v.union(
  [text, listOf(text, '')],
  'must be a string or a list of strings, none of them empty',
);
export const pattern = (regex: RegExp, wording: string) => v.pipe(v.string(wording), v.regex(regex, wording));
export function wholeNumber(
  min: number,
  max: number,
  wording = `must be a whole number from ${min} to ${max}`,
) {
  return v.pipe(v.number(wording), v.integer(wording), v.minValue(min, wording), v.maxValue(max, wording));
}

/** scope-token of RFC 6749 §3.3. */
export const scope = pattern(
  /^[\x21\x23-\x5b\x5d-\x7e]+$/,
  'must be one scope, such as "orders:read", without spaces, quotes and backslashes',
);
export const scopes = listOf(scope, 'orders:read');

export const pathPattern = (example: string) =>
  v.pipe(
    pattern(/^\/[\x21-\x7e]*$/, `must begin with a slash and have no spaces, such as "${example}"`),
    v.maxLength(128),
  );

export const name = pattern(
  /^[a-z][a-z0-9-]{0,63}$/,
  'must be at most 64 lower-case letters, digits and hyphens, the first of them a letter',
);
/** Beyond 2^53 JSON.parse rounds integers, so a rule for one would also match its neighbours. */
const INEXACT =
  'must be within 2^53, beyond which numbers in JSON are not exact; have the issuer send a string';
const exactNumber = v.pipe(
  v.number(),
  v.minValue(Number.MIN_SAFE_INTEGER, INEXACT),
  v.maxValue(Number.MAX_SAFE_INTEGER, INEXACT),
);
const scalar = v.union([v.string(), exactNumber, v.boolean()], 'must be a string, a number or a boolean');

const claimRule = v.pipe(
  closedObject(
    {
      equals: member(scalar, 'The claim is exactly this value'),
      anyOf: member(
        listOf(scalar, 'admin'),
        'The claim is one of these values, or a list with at least one of them',
      ),
      allOf: member(listOf(scalar, 'admin'), 'The claim is a list with all of these values'),
      noneOf: member(
        listOf(scalar, 'admin'),
        'The claim is none of these values, or a list with none of them; a missing claim does not meet the rule',
      ),
      contains: member(scalar, 'The claim is a list with this element, or a string with this word'),
      exists: member(v.boolean(), 'Whether the claim is present'),
    },
    suchAs('must be a rule', { equals: 'a' }),
  ),
  v.minEntries(1, 'must have at least one of equals, anyOf, allOf, noneOf, contains, exists'),
);

export const claimRules = v.record(
  v.string(),
  claimRule,
  suchAs('must be an object of rules by claim', { tenant: { equals: 'a' } }),
);

export const described = <S extends v.GenericSchema>(schema: S, description: string) =>
  v.pipe(schema, v.description(description));

/** Only the shape: certificates.ts checks that each of them can be read. */
export const certificates = v.pipe(
  pattern(
    /^(?:-----BEGIN CERTIFICATE-----[\sA-Za-z0-9+/=]+-----END CERTIFICATE-----\s*)+$/,
    'must be one or more certificates in PEM form, each from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----',
  ),
  v.maxLength(16_384),
);
