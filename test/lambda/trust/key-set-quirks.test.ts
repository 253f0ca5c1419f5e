import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { certificateOf } from '../../support/certificate.ts';
import { createKey, type SigningKey } from '../../support/keys.ts';
import { expectRejected } from '../../support/rejection.ts';
import { claimsOf, mint } from '../../support/tokens.ts';
import { createWorld, JWKS_URI } from '../../support/world.ts';

const rsa = createKey('RS256', 'the-key');
const ec = createKey('ES256', 'the-key');
const small = generateKeyPairSync('rsa', { modulusLength: 1024 });

const without = ({ jwk }: SigningKey, ...names: readonly string[]) =>
  Object.fromEntries(Object.entries(jwk).filter(([name]) => !names.includes(name)));

async function present(keys: readonly unknown[], key: SigningKey, header: Record<string, unknown> = {}) {
  const world = createWorld(ec);
  world.documents.set(JWKS_URI, { keys });
  return { world, response: await world.present(mint(key, claimsOf(), header)) };
}

describe('a token signed by a good key is accepted with a key set', () => {
  test.each<[string, SigningKey, readonly unknown[]]>([
    ['whose keys have no alg (Entra ID, OneLogin, Ping)', rsa, [without(rsa, 'alg')]],
    ['whose keys have neither alg nor use (Istio)', rsa, [without(rsa, 'alg', 'use')]],
    [
      'whose keys have certificates beside n and e',
      rsa,
      [{ ...rsa.jwk, x5c: ['MIIC…'], x5t: 'x', x5u: 'y' }],
    ],
    ['whose keys are only in certificates', rsa, [{ ...without(rsa, 'n', 'e'), x5c: [certificateOf(rsa)] }]],
    [
      'with nothing but invalid certificates in it',
      ec,
      [[], ['MIIC'], [5], 'MIIC', null, [certificateOf(rsa).slice(0, -99)]]
        .map((x5c): unknown => ({ kty: 'RSA', kid: 'the-key', x5c }))
        .concat([ec.jwk]),
    ],
    [
      'where an encryption key has the same kid, whichever comes first (Keycloak)',
      rsa,
      [
        { ...createKey('RS256', 'the-key').jwk, alg: 'RSA-OAEP', use: 'enc' },
        rsa.jwk,
        { ...createKey('ES256', 'the-key').jwk, alg: 'ECDH-ES', use: 'enc' },
      ],
    ],
    [
      'whose modulus is in standard base64',
      rsa,
      [{ ...rsa.jwk, n: Buffer.from(String(rsa.jwk.n), 'base64url').toString('base64') }],
    ],
    [
      'with a key of 1024 bits in it',
      rsa,
      [{ ...small.publicKey.export({ format: 'jwk' }), kid: 'small' }, rsa.jwk],
    ],
    [
      'with keys of invented algorithms in it (SHA256, ES521)',
      ec,
      [{ ...rsa.jwk, kid: 'a', alg: 'SHA256' }, { ...createKey('ES512').jwk, alg: 'ES521' }, ec.jwk],
    ],
    [
      'with an issuer to each key, as a template or another tenant (Entra ID)',
      rsa,
      [{ ...rsa.jwk, issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' }],
    ],
    ['with unknown members of any type', ec, [{ ...ec.jwk, status: 'current', exp: 1, cloud: null, k2: [] }]],
    ['with null, text and lists among the keys', ec, [null, 'key', [], 5, ec.jwk]],
    [
      'with a private and a symmetric key in it',
      ec,
      [{ ...ec.jwk, kid: 'p', d: 'AAAA' }, { kty: 'oct', k: 'AAAA' }, ec.jwk],
    ],
    ['with key_ops in the place of use', ec, [{ ...without(ec, 'use'), key_ops: ['verify'] }]],
    [
      'with keys of future types',
      ec,
      [{ kty: 'NEW', alg: 'ML-DSA-44', pub: 'AAAA', kid: 'the-key' }, ec.jwk],
    ],
    ['with an invalid ML-DSA key', ec, [{ kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA' }, ec.jwk]],
    ['whose key_ops and use are null', ec, [{ ...ec.jwk, key_ops: null, use: null }]],
    ['whose keys have no kid, though the token has one', ec, [without(rsa, 'kid'), without(ec, 'kid')]],
    [
      'of 120 keys, two of them usable',
      ec,
      [...Array(118).fill({ ...ec.jwk, use: 'enc' }), { ...rsa.jwk, kid: 'other' }, ec.jwk],
    ],
  ])('%s', async (_what, key, keys) => {
    expect((await present(keys, key)).response.status).toBe(200);
  });
  test.each([
    ['EdDSA', 'Ed25519'],
    ['Ed25519', 'EdDSA'],
    ['Ed25519', 'Ed25519'],
    ['ML-DSA-44', 'ML-DSA-44'],
    ['ML-DSA-65', 'ML-DSA-65'],
    ['ML-DSA-87', 'ML-DSA-87'],
  ])('whose alg is %s, to a token whose alg is %s', async (ofKey, ofToken) => {
    const key = createKey(ofKey, 'the-key');
    expect((await present([key.jwk], key, { alg: ofToken })).response.status).toBe(200);
  });
  test('whose kid has the letters of standard base64 (Cognito)', async () => {
    const key = { ...ec, kid: '1LXTBcZ2LQPFB+jRJz/u9K0l5IypgT1LsBeDLqMBkZo=' };
    const { response } = await present([{ ...key.jwk, kid: key.kid }], key);
    expect(response.status).toBe(200);
  });
  test('whose one key has no kid, to a token with none', async () => {
    const { response } = await present([without(ec, 'kid')], ec, { kid: undefined });
    expect(response.status).toBe(200);
  });
});

describe('nothing else in the key set matters', () => {
  test('the certificate of another key beside n and e is ignored', async () => {
    const other = createKey('RS256', 'the-key');
    const { response, world } = await present([{ ...rsa.jwk, x5c: [certificateOf(other)] }], other);
    expectRejected(response, 'signature_invalid', { world });
  });
  test('the certificate of a key of 1024 bits makes no key', async () => {
    const weak = { ...rsa, kid: 'small', ...small };
    const jwk = { kty: 'RSA', kid: 'small', x5c: [certificateOf(weak)] };
    const { response, world } = await present([jwk, rsa.jwk], weak);
    expectRejected(response, 'key_unknown', { world });
  });
  test('a key of 1024 bits verifies nothing', async () => {
    const key = { ...rsa, kid: 'small', privateKey: small.privateKey };
    const jwk = { ...small.publicKey.export({ format: 'jwk' }), kid: 'small' };
    const { response, world } = await present([jwk, rsa.jwk], key);
    expectRejected(response, 'key_unknown', { world });
  });
  test('an encryption key verifies nothing', async () => {
    const other = createKey('ES256', 'enc-1');
    const { response, world } = await present([{ ...other.jwk, use: 'enc' }, ec.jwk], other);
    expectRejected(response, 'key_unknown', { world });
  });
  test('a private key verifies nothing, although its public half could', async () => {
    const other = createKey('ES256', 'private-1');
    const { response, world } = await present(
      [{ ...other.privateKey.export({ format: 'jwk' }), kid: 'private-1' }, ec.jwk],
      other,
    );
    expectRejected(response, 'key_unknown', { world });
  });
  test('a certificate in a token adds no key', async () => {
    const other = createKey('ES256', 'the-key');
    const { response, world } = await present([ec.jwk], other, {
      jwk: other.jwk,
      x5c: ['MIIC'],
      jku: JWKS_URI,
    });
    expectRejected(response, 'signature_invalid', { world });
  });
});
