import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ClaimRule, claimAt, unmetRule } from '../../../lambda/core/claim-rules.ts';
import type { JsonObject } from '../../../lambda/core/jwt/decode.ts';
import { claimRules, claims, jsonOf, type Meant, plainlyMeets } from '../../support/plain-claim-rules.ts';

const parse = (name: string, value: Meant): JsonObject =>
  JSON.parse(value === undefined ? '{}' : `{${JSON.stringify(name)}:${jsonOf(value)}}`);

const meets = (token: JsonObject, claim: string, rule: ClaimRule): boolean =>
  unmetRule(token, [[claim, rule]]) === undefined;

test('a rule holds exactly for the claims that its members describe', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(claims, claimRules, (claim, rule) => {
      const verdict = meets(parse('it', claim), 'it', rule);
      for (const name of Object.keys(rule)) {
        seen.set(`${name} ${verdict}`, (seen.get(`${name} ${verdict}`) ?? 0) + 1);
      }
      expect(verdict).toBe(plainlyMeets(claim, rule));
    }),
    { numRuns: 20_000 },
  );
  for (const name of ['equals', 'anyOf', 'allOf', 'noneOf', 'contains', 'exists']) {
    for (const verdict of [true, false])
      expect([name, verdict, seen.get(`${name} ${verdict}`)]).toEqual([name, verdict, expect.any(Number)]);
  }
});

const names = fc.oneof(
  fc.constantFrom(
    '',
    '/',
    '~',
    '~1',
    '~0',
    '~01',
    'a/b',
    '__proto__',
    'constructor',
    'length',
    '0',
    'a b',
    'https://x.example/y',
  ),
  fc.string({ maxLength: 4 }),
);
/** Encodes a name by RFC 6901 §3. */
const escaped = (name: string) => [...name].map((one) => ({ '~': '~0', '/': '~1' })[one] ?? one).join('');

/** Nested claims: each name on the way is a member of an object, or a place in a list. */
const nested = fc.record({ path: fc.array(names, { minLength: 1, maxLength: 4 }), claim: claims });

test('a JSON Pointer finds the claim, whatever the names on the way to it, and no other', () => {
  fc.assert(
    fc.property(nested, names, claimRules, ({ path, claim }, other, rule) => {
      const pointer = path.map((name) => `/${escaped(name)}`).join('');
      const token = path.reduceRight<Meant>(
        (inner, name) => (inner === undefined ? {} : Object.fromEntries([[name, inner]])),
        claim,
      );
      const parsed = JSON.parse(jsonOf(token)) as JsonObject;
      expect(meets(parsed, pointer, rule)).toBe(plainlyMeets(claim, rule));
      if (other !== path[0]) expect(claimAt(parsed, `/${escaped(other)}`)).toBeUndefined();
      if (typeof claim !== 'object' || claim === null) {
        expect(claimAt(parsed, `${pointer}/${escaped(other)}`)).toBeUndefined();
      }
    }),
    { numRuns: 5000 },
  );
});

test('a name that does not begin with a slash is used as it is', () => {
  fc.assert(
    fc.property(
      names.filter((name) => !name.startsWith('/')),
      claims,
      claimRules,
      (name, claim, rule) => {
        expect(meets(parse(name, claim), name, rule)).toBe(plainlyMeets(claim, rule));
      },
    ),
    { numRuns: 3000 },
  );
});

test('a JSON Pointer finds an element of a list by its place, and nothing by another name', () => {
  const token = { roles: ['a', 'b'] };
  expect(claimAt(token, '/roles/1')).toBe('b');
  for (const name of ['2', '-1', '-', '01', 'length', '1.0', 'map']) {
    expect(claimAt(token, `/roles/${name}`)).toBeUndefined();
  }
});

test('an inherited property meets no rule', () => {
  for (const name of ['constructor', 'toString', '__proto__']) {
    expect(meets({}, name, { exists: true })).toBe(false);
    expect(meets({}, name, { noneOf: ['a'] })).toBe(false);
  }
});
