import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseKeySet } from '../../../../lambda/core/keys/key-set.ts';
import { hasRocaFingerprint } from '../../../../lambda/core/keys/roca.ts';
import { createKey } from '../../../support/keys.ts';

const isPrime = (n: bigint): boolean => {
  for (let divisor = 2n; divisor * divisor <= n; divisor++) if (n % divisor === 0n) return false;
  return true;
};

/** Product of the first 126 primes, which the affected library used for keys of 2048 bits. */
const primes: bigint[] = [];
for (let n = 2n; primes.length < 126; n++) if (isPrime(n)) primes.push(n);
const PRIMORIAL = primes.reduce((product, prime) => product * prime, 1n);

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let [square, rest] = [base % modulus, exponent]; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** A number of the form of the library's primes: k*M + (65537^a mod M). */
const number = (k: bigint, a: bigint): bigint => k * PRIMORIAL + power(65_537n, a, PRIMORIAL);
const big = (bits: bigint) => fc.bigInt({ min: 1n, max: (1n << bits) - 1n });

test("every product of the affected library's primes has the fingerprint", () => {
  fc.assert(
    fc.property(big(54n), big(255n), big(54n), big(255n), (k, a, l, b) => {
      expect(hasRocaFingerprint(number(k, a) * number(l, b))).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('other numbers do not have it', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n << 2047n, max: (1n << 2048n) - 1n }), (n) =>
      expect(hasRocaFingerprint(n)).toBe(false),
    ),
    { numRuns: 500 },
  );
});

test('a key with the fingerprint is ignored, as numbers or in a certificate, and a usual one is not', async () => {
  // The modulus only has the form of such a product: nobody checks whether the factors are prime.
  let modulus = number((1n << 54n) - 3n, 12_345n) * number((1n << 54n) - 5n, 54_321n);
  while (modulus.toString(2).length < 2048) modulus *= number(1n, 7n);
  const hex = modulus.toString(16);
  const n = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
  const weak = { kty: 'RSA', kid: 'weak', n, e: 'AQAB' };
  expect(createPublicKey({ key: weak, format: 'jwk' }).asymmetricKeyDetails?.modulusLength).toBeGreaterThan(
    2047,
  );
  const usual = createKey('RS256', 'usual');
  const set = await parseKeySet({ keys: [weak, usual.jwk] });
  expect(set).toMatchObject({
    keys: [{ kid: 'usual' }],
    ignored: [{ index: 0, reason: 'RSA key that can be factored (CVE-2017-15361)' }],
  });
});

test('keys of OpenSSL do not have it', () => {
  for (const modulusLength of [2048, 3072]) {
    const { n } = generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'jwk' });
    expect(hasRocaFingerprint(BigInt(`0x${Buffer.from(String(n), 'base64url').toString('hex')}`))).toBe(
      false,
    );
  }
});
