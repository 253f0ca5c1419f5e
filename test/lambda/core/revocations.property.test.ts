import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRevocations } from '../../../lambda/core/config/parse.ts';
import { checkClaims } from '../../../lambda/core/jwt/check.ts';
import { checkRevocations } from '../../../lambda/core/revocations.ts';
import { providerOf } from '../../support/provider.ts';

const ISSUERS = ['https://issuer.example', 'https://issuer.example/'];
/** Names of subjects, clients and tokens; the last ones are names that objects inherit. */
const NAMES = [
  'a',
  'A',
  'a b',
  '5',
  'undefined',
  'null',
  'toString',
  'hasOwnProperty',
  '__proto__',
  'constructor',
];
const TIME = 1_790_000_000;

type Entry = {
  readonly jti?: readonly string[];
  readonly sub?: readonly string[];
  readonly client_id?: readonly string[];
  readonly issuedBefore?: number;
  readonly subIssuedBefore?: Readonly<Record<string, number>>;
};

const name = fc.constantFrom(...NAMES);
const names = fc.array(name, { maxLength: 2 });
const time = fc.integer({ min: TIME - 2, max: TIME + 2 });
/** Without the three member names that a parameter cannot have. */
const subject = name.filter((one) => one !== '__proto__' && one !== 'constructor');
const entry = fc.record(
  {
    jti: names,
    sub: names,
    client_id: names,
    issuedBefore: time,
    subIssuedBefore: fc.uniqueArray(fc.tuple(subject, time), { maxLength: 3, selector: ([one]) => one }),
  },
  { requiredKeys: [] },
);
const claims = fc.record(
  {
    jti: name,
    sub: name,
    client_id: name,
    azp: fc.oneof(name, fc.constant(['a'])),
    cid: name,
    appid: name,
    iat: fc.oneof(time, fc.constant(TIME - 0.5), fc.constantFrom('1790000000', null)),
  },
  { requiredKeys: [] },
);

/** Who is revoked, read from the document line by line. */
function plainlyRevoked(entry: Entry | undefined, token: Record<string, unknown>): boolean {
  const { jti = [], sub = [], client_id = [], issuedBefore, subIssuedBefore = {} } = entry ?? {};
  const clients = [token.client_id, token.azp, token.cid, token.appid];
  const times = Object.entries(subIssuedBefore).flatMap(([of, at]) => (of === token.sub ? [at] : []));
  if (issuedBefore !== undefined) times.push(issuedBefore);
  return (
    jti.some((one) => one === token.jti) ||
    sub.some((one) => one === token.sub) ||
    client_id.some((one) => clients.includes(one)) ||
    times.some((at) => typeof token.iat !== 'number' || token.iat < at)
  );
}

test('a token is revoked exactly if the entry of its issuer says so', () => {
  const seen = { true: 0, false: 0, bySubject: 0 };
  const issuer = fc.constantFrom(...ISSUERS);
  fc.assert(
    fc.property(issuer, fc.dictionary(issuer, entry), claims, (iss, entries, token) => {
      const document: Record<string, Entry> = Object.fromEntries(
        Object.entries(entries).map(([of, { subIssuedBefore, ...rest }]) => [
          of,
          { ...rest, ...(subIssuedBefore && { subIssuedBefore: Object.fromEntries(subIssuedBefore) }) },
        ]),
      );
      const parsed = parseRevocations({ revocations: JSON.stringify(document) });
      if (!('value' in parsed)) throw new Error(JSON.stringify(parsed.problems));
      const identity = checkClaims({ ...token, iss }, providerOf({ audience: null }), iss);
      if ('code' in identity) throw new Error(identity.reason);
      const revoked = plainlyRevoked(document[iss], token);
      const { subIssuedBefore: _, ...others } = document[iss] ?? {};
      seen[`${revoked}`] += 1;
      if (revoked && !plainlyRevoked(others, token)) seen.bySubject += 1;
      const failure = checkRevocations(identity, parsed.value);
      expect(failure?.code).toBe(revoked ? 'token_revoked' : undefined);
    }),
    { numRuns: 20_000 },
  );
  expect(Math.min(seen.true, seen.false, seen.bySubject)).toBeGreaterThan(100);
});

test('an issuer with the name of something that objects inherit has no entry', () => {
  for (const issuer of ['constructor', '__proto__', 'toString']) {
    const parsed = parseRevocations({
      revocations: '{"https://issuer.example":{"issuedBefore":1790000000}}',
    });
    const identity = checkClaims({ iss: issuer }, providerOf({ audience: null }), issuer);
    if (!('value' in parsed) || 'code' in identity) throw new Error('not to be had');
    expect(checkRevocations(identity, parsed.value)).toBeUndefined();
  }
});
