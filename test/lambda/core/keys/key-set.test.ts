import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { weakness } from '../../../../lambda/core/keys/jwk.ts';
import { keySetOf, MAX_KEYS, MAX_LISTED_KEYS, parseKeySet } from '../../../../lambda/core/keys/key-set.ts';
import { ALL_ALGORITHMS, createKey } from '../../../support/keys.ts';

/** Two names of one algorithm. */
const ED25519 = ['EdDSA', 'Ed25519'];
const RSA = createKey('RS256', 'rsa');
const EC = createKey('ES256', 'ec');
const ED = createKey('EdDSA', 'ed');
const rsaOf = (bits: number, publicExponent = 65537) =>
  generateKeyPairSync('rsa', { modulusLength: bits, publicExponent }).publicKey.export({ format: 'jwk' });

async function keysOf(document: unknown) {
  const set = await parseKeySet(document);
  if ('problem' in set) throw new Error(set.problem);
  return set;
}

/** Why a key is ignored, in a set with good keys before and after it. */
async function reasonOf(jwk: unknown): Promise<string | undefined> {
  const { keys, ignored } = await keysOf({ keys: [RSA.jwk, jwk, EC.jwk] });
  expect(keys.map(({ kid }) => kid)).toEqual(expect.arrayContaining(['rsa', 'ec']));
  expect(ignored.every(({ index }) => index === 1)).toBe(true);
  expect(keys.length + ignored.length).toBe(3);
  return ignored[0]?.reason;
}

const without = (jwk: Record<string, unknown>, ...names: string[]) =>
  Object.fromEntries(Object.entries(jwk).filter(([name]) => !names.includes(name)));

describe('a key is good for', () => {
  test.each(ALL_ALGORITHMS.filter((alg) => !ED25519.includes(alg)))('only %s if it says so', async (alg) => {
    const { keys, ignored } = await keysOf({ keys: [createKey(alg).jwk] });
    expect(keys.map(({ algorithms }) => algorithms)).toEqual([[alg]]);
    expect(ignored).toEqual([]);
  });
  test.each(ED25519)('both names of the algorithm if it says %s (RFC 9864)', async (alg) => {
    const { keys } = await keysOf({ keys: [createKey(alg).jwk] });
    expect(keys[0]?.algorithms).toEqual(ED25519);
  });
  test('every RSA algorithm if it names none (Entra, OneLogin, Ping)', async () => {
    const { keys } = await keysOf({ keys: [without(RSA.jwk, 'alg'), without(RSA.jwk, 'alg', 'use')] });
    const all = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
    expect(keys.map(({ algorithms }) => algorithms)).toEqual([all, all]);
  });
  test.each([
    ['ES256', 'ES256'],
    ['ES384', 'ES384'],
    ['ES512', 'ES512'],
  ])('only the algorithm of its curve if it names none (%s)', async (alg, expected) => {
    const { keys } = await keysOf({ keys: [without(createKey(alg).jwk, 'alg')] });
    expect(keys[0]?.algorithms).toEqual([expected]);
  });
  test('nothing if it is of type AKP and names no algorithm (RFC 9964)', async () => {
    expect(await reasonOf(without(createKey('ML-DSA-65').jwk, 'alg'))).toContain(
      'no accepted signature algorithm',
    );
  });
  test('nothing if it is an ML-DSA key under the name of another', async () => {
    expect(await reasonOf({ ...createKey('ML-DSA-65').jwk, alg: 'ML-DSA-44' })).toBe(
      'not a valid public key',
    );
  });
});

describe('a key as seen in the wild is good', () => {
  test.each([
    ['a kid with + / = (Cognito)', { ...RSA.jwk, kid: 'a+b/c=' }],
    ['no kid', without(RSA.jwk, 'kid')],
    ['key_ops with verify', { ...without(RSA.jwk, 'use'), key_ops: ['verify'] }],
    ['key_ops with sign and verify', { ...RSA.jwk, key_ops: ['sign', 'verify'] }],
    ['a certificate chain and thumbprints', { ...RSA.jwk, x5c: ['MIIB'], x5t: 'x', 'x5t#S256': 'y' }],
    ['its own issuer (Entra)', { ...RSA.jwk, issuer: 'https://login.example/{tenantid}/v2.0' }],
    [
      'members that are null',
      { ...RSA.jwk, use: null, key_ops: null, alg: null, d: null, k: null, x5c: null },
    ],
    ['a null kid', { ...RSA.jwk, kid: null }],
    ['a null n beside a certificate, with no further members', { ...RSA.jwk, x5c: [null] }],
    ['unknown members', { ...RSA.jwk, nbf: 1, exp: 2, ext: true, oth: 'x' }],
    [
      'n in standard base64',
      { ...RSA.jwk, n: Buffer.from(String(RSA.jwk.n), 'base64url').toString('base64') },
    ],
    ['n with padding', { ...RSA.jwk, n: `${RSA.jwk.n}==` }],
    [
      'n with a leading zero byte',
      {
        ...RSA.jwk,
        n: Buffer.concat([Buffer.alloc(1), Buffer.from(String(RSA.jwk.n), 'base64url')]).toString(
          'base64url',
        ),
      },
    ],
    [
      'EC coordinates in standard base64',
      { ...EC.jwk, x: Buffer.from(String(EC.jwk.x), 'base64url').toString('base64') },
    ],
    ['a long RSA key', { ...rsaOf(4096), kid: 'long' }],
    ['exponent 3', { ...rsaOf(2048, 3), kid: 'three' }],
  ])('%s', async (_, jwk) => expect(await reasonOf(jwk)).toBeUndefined());

  test('one kid on a signing and an encryption key: the signing key counts (Keycloak)', async () => {
    const { byKid, ignored } = await keysOf({ keys: [{ ...rsaOf(2048), kid: 'rsa', use: 'enc' }, RSA.jwk] });
    expect(byKid.get('rsa')).toHaveLength(1);
    expect(ignored).toEqual([{ index: 0, reason: '"use" is not "sig"' }]);
  });
  test('one kid on keys of two types: both', async () => {
    const { byKid } = await keysOf({ keys: [RSA.jwk, { ...EC.jwk, kid: 'rsa' }, ED.jwk] });
    expect(byKid.get('rsa')?.map(({ algorithms }) => algorithms)).toEqual([['RS256'], ['ES256']]);
  });
});

describe('a bad key is left out and named, and affects no other', () => {
  const offCurve = (() => {
    const x = Buffer.from(String(EC.jwk.x), 'base64url');
    x[31] = (x[31] ?? 0) ^ 1;
    return { ...EC.jwk, x: x.toString('base64url') };
  })();

  test.each([
    ['null', null, 'not an object'],
    ['text', 'key', 'not an object'],
    ['a list', [RSA.jwk], 'not an object'],
    ['an empty object', {}, 'no accepted signature algorithm'],
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0', kid: 'x' }, 'symmetric key'],
    ['a symmetric key in disguise', { ...RSA.jwk, k: 'c2VjcmV0' }, 'symmetric key'],
    ['a symmetric key without k', { kty: 'oct' }, 'symmetric key'],
    ['a private RSA key', { ...RSA.privateKey.export({ format: 'jwk' }), kid: 'x' }, 'private key'],
    ['a private EC key', { ...EC.privateKey.export({ format: 'jwk' }), kid: 'x' }, 'private key'],
    ['a private Ed25519 key', { ...ED.privateKey.export({ format: 'jwk' }), kid: 'x' }, 'private key'],
    ['a numeric kid', { ...RSA.jwk, kid: 1 }, '"kid" is not a string'],
    ['an encryption key', { ...RSA.jwk, use: 'enc' }, '"use" is not "sig"'],
    ['a key to encrypt with', { ...RSA.jwk, key_ops: ['encrypt'] }, '"key_ops"'],
    ['key_ops that is text', { ...RSA.jwk, key_ops: 'verify' }, '"key_ops"'],
    ['an encryption alg', { ...RSA.jwk, alg: 'RSA-OAEP' }, '"alg" is not'],
    ['a bogus alg', { ...RSA.jwk, alg: 'SHA256' }, '"alg" is not'],
    ['a misspelt alg', { ...EC.jwk, alg: 'ES521' }, '"alg" is not'],
    ['alg none', { ...RSA.jwk, alg: 'none' }, '"alg" is not'],
    ['alg HS256', { ...RSA.jwk, alg: 'HS256' }, '"alg" is not'],
    ['alg __proto__', { ...RSA.jwk, alg: '__proto__' }, '"alg" is not'],
    ['an alg of another key type', { ...RSA.jwk, alg: 'ES256' }, 'no accepted signature algorithm fits'],
    ['an alg of another curve', { ...EC.jwk, alg: 'ES384' }, 'no accepted signature algorithm fits'],
    ['an unknown kty', { ...RSA.jwk, kty: 'AKP' }, 'no accepted signature algorithm fits'],
    ['secp256k1', { ...EC.jwk, alg: undefined, crv: 'secp256k1' }, 'no accepted signature algorithm fits'],
    ['X25519', { ...ED.jwk, alg: undefined, crv: 'X25519' }, 'no accepted signature algorithm fits'],
    ['Ed448', { ...ED.jwk, alg: undefined, crv: 'Ed448' }, 'no accepted signature algorithm fits'],
    ['only a certificate', { kty: 'RSA', kid: 'x', use: 'sig', x5c: ['MIIB'] }, 'not a valid public key'],
    ['n that is a number', { ...RSA.jwk, n: 1 }, 'not a valid public key'],
    ['n that is empty', { ...RSA.jwk, n: '' }, undefined],
    ['n that is not base64', { ...RSA.jwk, n: '!'.repeat(342) }, undefined],
    ['no e', without(RSA.jwk, 'e'), 'not a valid public key'],
    ['no y', without(EC.jwk, 'y'), 'not a valid public key'],
    ['a point off the curve', offCurve, 'not a valid public key'],
    ['the point at infinity', { ...EC.jwk, x: '', y: '' }, 'not a valid public key'],
    ['a coordinate of zeros', { ...EC.jwk, x: 'A'.repeat(43), y: 'A'.repeat(43) }, 'not a valid public key'],
    [
      'a point of another curve',
      { ...createKey('ES384').jwk, crv: 'P-256', alg: 'ES256' },
      'not a valid public key',
    ],
    ['an Ed25519 key cut short', { ...ED.jwk, x: String(ED.jwk.x).slice(0, 20) }, 'not a valid public key'],
    ['RSA of 1024 bits', { ...rsaOf(1024), kid: 'x' }, 'RSA key of less than 2048 bits'],
    ['RSA of 2040 bits', { ...rsaOf(2040), kid: 'x' }, 'RSA key of less than 2048 bits'],
    ['exponent 1', { ...RSA.jwk, e: 'AQ' }, 'RSA exponent out of range'],
    ['an even exponent', { ...RSA.jwk, e: 'BA' }, 'RSA exponent out of range'],
    ['exponent 0', { ...RSA.jwk, e: 'AA' }, undefined],
    [
      'a huge exponent',
      { ...RSA.jwk, e: Buffer.alloc(64, 0xff).toString('base64url') },
      'RSA exponent out of range',
    ],
    ['a huge modulus', { ...RSA.jwk, n: Buffer.alloc(1200, 0xff).toString('base64url') }, undefined],
  ])('%s', async (_, jwk, reason) => {
    expect(await reasonOf(jwk)).toEqual(expect.stringContaining(reason ?? ''));
  });

  test('any JSON at all, as one key among good ones', async () => {
    const member = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('RSA', 'EC', 'OKP', 'P-256', 'sig', 'RS256', 'AQAB'),
    );
    const names = ['kty', 'kid', 'use', 'alg', 'key_ops', 'n', 'e', 'crv', 'x', 'y'] as const;
    const jwk = fc.record(Object.fromEntries(names.map((name) => [name, member])), { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.oneof(jwk, fc.jsonValue()), async (entry) => {
        const { byKid } = await keysOf({ keys: [entry, RSA.jwk] });
        expect(byKid.get('rsa')).toBeDefined();
      }),
    );
  });
  test('no reason repeats key material or any other member', async () => {
    const canary = 'canary-7f3a';
    const bad = [
      { ...RSA.jwk, alg: canary },
      { ...RSA.jwk, kid: [canary] },
      { ...RSA.jwk, use: canary },
      { ...RSA.jwk, n: canary },
      { kty: canary },
      { kty: 'oct', k: canary },
    ];
    const { ignored } = await keysOf({ keys: [...bad, RSA.jwk] });
    expect(ignored).toHaveLength(bad.length);
    expect(JSON.stringify(ignored)).not.toContain(canary);
  });
});

describe('a document is not a key set', () => {
  test.each([
    null,
    undefined,
    1,
    'x',
    [],
    {},
    { keys: null },
    { keys: {} },
    { keys: 'x' },
    { keys: { length: 1 } },
  ])('if it is %j', async (document) => {
    expect(await parseKeySet(document)).toEqual({ problem: 'the document has no "keys" array' });
  });
  test('if it is a single JWK', async () => {
    expect(await parseKeySet(RSA.jwk)).toEqual({ problem: 'the document has no "keys" array' });
  });
  test('if it is empty', async () => {
    expect(await parseKeySet({ keys: [] })).toEqual({ problem: 'the key set has no usable key' });
  });
  test('if no key is usable, and the problem says why, key by key', async () => {
    expect(await parseKeySet({ keys: [null, { kty: 'oct' }] })).toEqual({
      problem: 'the key set has no usable key (key 0: not an object; key 1: symmetric key)',
    });
  });
  test('if none of many keys is usable, and the problem does not name all of them', async () => {
    const { problem = '' } = (await parseKeySet({ keys: Array.from({ length: 500 }, () => null) })) as {
      problem?: string;
    };
    expect(problem).toContain('key 19: not an object; 480 more)');
  });
  test('if it has far too many keys', async () => {
    expect(await parseKeySet({ keys: Array.from({ length: MAX_LISTED_KEYS + 1 }, () => EC.jwk) })).toEqual({
      problem: `the key set has more than ${MAX_LISTED_KEYS} keys`,
    });
  });
});

describe('of a set with many keys', () => {
  const ENCRYPTION = { ...EC.jwk, use: 'enc' };

  test('all usable ones are used, wherever they are', async () => {
    const others = [...Array(59).fill(ENCRYPTION), ...Array(59).fill({ ...rsaOf(1024), kid: 'weak' })];
    const { keys, ignored } = await keysOf({ keys: [...others, RSA.jwk, EC.jwk] });
    expect(keys.map(({ kid }) => kid)).toEqual(['rsa', 'ec']);
    expect(ignored).toHaveLength(118);
  });
  test('the two good ones are used, even if 118 others look usable until they are imported', async () => {
    const { keys } = await keysOf({ keys: [...Array(118).fill(without(EC.jwk, 'y')), RSA.jwk, EC.jwk] });
    expect(keys.map(({ kid }) => kid)).toEqual(['rsa', 'ec']);
  });
  test('the first usable ones are used, and the others are reported as ignored', async () => {
    const set = await keysOf({ keys: Array.from({ length: MAX_KEYS + 20 }, () => EC.jwk) });
    expect(set.keys).toHaveLength(MAX_KEYS);
    expect(set.ignored).toHaveLength(20);
    expect(set.ignored[0]).toEqual({ index: MAX_KEYS, reason: `beyond the first ${MAX_KEYS} usable keys` });
  });
});

test('a kid is just a name, even if it is the name of a property', async () => {
  const { byKid } = await keysOf({ keys: [{ ...EC.jwk, kid: '__proto__' }] });
  expect(byKid.get('__proto__')).toHaveLength(1);
  expect(byKid.get('constructor')).toBeUndefined();
});

test('imported keys make a set, in which keys without a kid are in no list of a kid', () => {
  const key = { kid: undefined, algorithms: ['ES256'], key: EC.publicKey } as const;
  expect(keySetOf([key])).toEqual({
    keys: [key],
    byKid: new Map(),
    nameless: [key],
    ignored: [],
  });
});

test.each([
  [RSA.publicKey, undefined],
  [EC.publicKey, undefined],
  [ED.publicKey, undefined],
  [createPublicKey({ key: rsaOf(1024), format: 'jwk' }), 'RSA key of less than 2048 bits'],
  [createPublicKey({ key: { ...RSA.jwk, e: 'AQ' }, format: 'jwk' }), 'RSA exponent out of range'],
])('weakness %#', (key, expected) => expect(weakness(key)).toBe(expected));

test('a member of more than 4,096 characters, which would take long to read, makes the key unusable', async () => {
  for (const name of ['n', 'e']) {
    const value = `${RSA.jwk[name]}${'='.repeat(4096)}`;
    expect(await reasonOf({ ...RSA.jwk, [name]: value })).toBe('not a valid public key');
  }
});
