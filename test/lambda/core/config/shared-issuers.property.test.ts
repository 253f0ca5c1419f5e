import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ClaimRule, ClaimRules } from '../../../../lambda/core/claim-rules.ts';
import { SHARED_ISSUERS, sharedIssuerWarnings } from '../../../../lambda/core/config/shared-issuers.ts';
import { providerOf, routeOf } from '../../../support/provider.ts';

const GITHUB = 'https://token.actions.githubusercontent.com';
const EXACT = SHARED_ISSUERS.flatMap(({ issuers }) => issuers).filter((issuer) => !issuer.includes('*'));

/** Whether there is a warning if the provider and its only route have these rules. */
function warns(issuer: string, requiredClaims: ClaimRules = [], claims: ClaimRules = []): boolean {
  const provider = providerOf({ issuers: [issuer], requiredClaims });
  return sharedIssuerWarnings([provider], [routeOf({ providers: [provider], claims })]).length > 0;
}

const names = fc.oneof(
  fc.string(),
  fc.constantFrom(...SHARED_ISSUERS.flatMap(({ who }) => who)),
  fc.constantFrom('ref', 'aud', 'actor', 'a/b', 'a~1b', '~', 'Sub', 'sub ', 'repository_ids'),
);
const pointer = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
const rule = fc.record<ClaimRule>(
  {
    equals: fc.string(),
    anyOf: fc.array(fc.string(), { minLength: 1 }),
    allOf: fc.array(fc.string(), { minLength: 1 }),
    noneOf: fc.array(fc.string(), { minLength: 1 }),
    contains: fc.string(),
    exists: fc.boolean(),
  },
  { requiredKeys: [] },
);

test('a claim counts the same by name and by pointer, in the provider and in the route', () => {
  fc.assert(
    fc.property(names, rule, (name, of) => {
      if (name.startsWith('/')) return;
      const byName = warns(GITHUB, [[name, of]]);
      expect(warns(GITHUB, [[pointer(name), of]])).toBe(byName);
      expect(warns(GITHUB, [], [[name, of]])).toBe(byName);
    }),
  );
});

test('rules help if and only if one of them ties a claim about the caller to a value', () => {
  const who = SHARED_ISSUERS.find(({ issuers }) => issuers.includes(GITHUB))?.who ?? [];
  fc.assert(
    fc.property(fc.array(fc.tuple(names, rule), { maxLength: 4 }), (rules) => {
      const helps = rules.some(
        ([name, { equals, anyOf, allOf, contains }]) =>
          who.includes(name) && [equals, anyOf, allOf, contains].some((member) => member !== undefined),
      );
      expect(warns(GITHUB, rules)).toBe(!helps);
    }),
  );
});

test('an issuer that differs by one character is another one', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...EXACT),
      fc.nat(),
      fc.string({ maxLength: 1 }),
      fc.boolean(),
      (issuer, at, by, keep) => {
        const place = at % (issuer.length + 1);
        const other = issuer.slice(0, place) + by + issuer.slice(keep ? place : place + 1);
        expect(warns(other)).toBe(EXACT.includes(other));
      },
    ),
  );
});

test('the issuer of an AWS account is recognized by its one label', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uuid(), fc.string(), fc.stringMatching(/^[a-z0-9.-]{0,12}$/)), (label) => {
      const isLabel = /^[A-Za-z0-9-]+$/.test(label);
      expect(warns(`https://${label}.tokens.sts.global.api.aws`)).toBe(isLabel);
    }),
  );
});
