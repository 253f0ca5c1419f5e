import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compactVerify, importJWK } from 'jose';
import { ALGORITHM_NAMES, type Algorithm, isAlgorithm } from '../../../../lambda/core/jwt/algorithms.ts';
import { decode } from '../../../../lambda/core/jwt/decode.ts';
import { verifySignature } from '../../../../lambda/core/jwt/verify.ts';
import { parseKeySet } from '../../../../lambda/core/keys/key-set.ts';
import { selectKeys } from '../../../../lambda/core/keys/select.ts';
import { ALL_ALGORITHMS, createKey, jwksOf, type SigningKey } from '../../../support/keys.ts';
import { base64url, claimsOf, mint, withSegment } from '../../../support/tokens.ts';

const KEYS = new Map(ALL_ALGORITHMS.map((alg) => [alg, createKey(alg)]));
const keyOf = (alg: string): SigningKey => KEYS.get(alg) ?? createKey(alg);

/** Our verdict on the signature of a token, through the key set, by a given `alg`. */
async function ours(token: string, key: SigningKey, alg: string): Promise<boolean> {
  const decoded = decode(token);
  if ('malformed' in decoded || !isAlgorithm(alg)) return false;
  const set = await parseKeySet(jwksOf(key));
  if ('problem' in set) throw new Error(set.problem);
  const selection = selectKeys(set, alg, key.kid);
  return selection.kind === 'keys' && verifySignature(decoded, alg, selection.keys);
}

/** jose's verdict. Its own header parser has the last word on what `alg` is. */
async function joses(token: string, key: SigningKey, alg: string): Promise<boolean> {
  try {
    await compactVerify(token, await importJWK(key.jwk, key.alg), { algorithms: [alg] });
    return true;
  } catch {
    return false;
  }
}

test('the algorithms are exactly the asymmetric ones of the table', () => {
  expect([...ALGORITHM_NAMES].sort()).toEqual([...ALL_ALGORITHMS].sort());
});

describe.each(ALL_ALGORITHMS)('%s', (alg) => {
  const key = keyOf(alg);

  test('verifies its own signatures, as jose does', async () => {
    const token = mint(key);
    expect(await ours(token, key, alg)).toBe(true);
    expect(await joses(token, key, alg)).toBe(true);
  });
  test('does not verify signatures of another key of its kind', async () => {
    const token = mint(createKey(alg, key.kid));
    expect(await ours(token, key, alg)).toBe(false);
    expect(await joses(token, key, alg)).toBe(false);
  });
  test.each(ALL_ALGORITHMS.filter((other) => other !== alg))(
    'does not verify a signature of %s',
    async (other) => {
      const token = mint(keyOf(other), claimsOf(), { alg, kid: key.kid });
      expect(await ours(token, key, alg)).toBe(false);
      expect(await joses(token, key, alg)).toBe(false);
    },
  );
  test('agrees with jose on signatures that are flipped in one bit, shortened, extended or arbitrary', async () => {
    const token = mint(key);
    const signature = Buffer.from(token.split('.')[2] ?? '', 'base64url');
    const flipped = fc.nat(signature.length * 8 - 1).map((bit) => {
      const bytes = Buffer.from(signature);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return bytes;
    });
    const cut = fc.nat(signature.length).map((length) => signature.subarray(0, length));
    const grown = fc
      .uint8Array({ minLength: 1, maxLength: 4 })
      .chain((extra) =>
        fc.constantFrom(Buffer.concat([signature, extra]), Buffer.concat([extra, signature])),
      );
    const any = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    await fc.assert(
      fc.asyncProperty(fc.oneof(flipped, cut, grown, any, fc.constant(signature)), async (bytes) => {
        const mutated = withSegment(token, 2, () => base64url(bytes));
        const verdict = await ours(mutated, key, alg);
        expect(verdict).toBe(bytes.equals(signature));
        expect(verdict).toBe(await joses(mutated, key, alg));
      }),
      { numRuns: 40 },
    );
  });
  test('agrees with jose on changed headers and claims', async () => {
    const token = mint(key);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(0 as const, 1 as const),
        fc.dictionary(fc.string(), fc.string()),
        async (index, extra) => {
          const mutated = withSegment(token, index, (segment) => {
            const members = JSON.parse(Buffer.from(segment, 'base64url').toString());
            return base64url(JSON.stringify({ ...extra, ...members }));
          });
          const verdict = await ours(mutated, key, alg);
          expect(verdict).toBe(mutated === token);
          expect(verdict).toBe(await joses(mutated, key, alg));
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('an ECDSA signature', () => {
  const SIZES = { ES256: 32, ES384: 48, ES512: 66 } as const;
  const ORDERS = {
    ES256: 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
    ES384: 'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
    ES512:
      '01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
  } as const;

  test.each(['ES256', 'ES384', 'ES512'] as const)(
    'of zeros, of ones, of the order or in DER is invalid (%s)',
    async (alg) => {
      const key = keyOf(alg);
      const token = mint(key);
      const size = SIZES[alg];
      const order = Buffer.from(ORDERS[alg], 'hex');
      const one = Buffer.alloc(size);
      one[size - 1] = 1;
      const zero = Buffer.alloc(size);
      const signature = Buffer.from(token.split('.')[2] ?? '', 'base64url');
      const [r, s] = [signature.subarray(0, size), signature.subarray(size)];
      const forgeries = {
        zeros: [zero, zero],
        'r zero': [zero, s],
        's zero': [r, zero],
        'r and s one': [one, one],
        'r the order': [order, s],
        's the order': [r, order],
        'both the order': [order, order],
        'r and s swapped': [s, r],
        'all ones': [Buffer.alloc(size, 0xff), Buffer.alloc(size, 0xff)],
        'r alone': [r],
        DER: [derOf(r, s)],
      };
      for (const [name, parts] of Object.entries(forgeries)) {
        const forged = withSegment(token, 2, () => base64url(Buffer.concat(parts)));
        expect([name, await ours(forged, key, alg)]).toEqual([name, false]);
      }
    },
  );
  test('with the other s counts the same to jose and to us', async () => {
    const key = keyOf('ES256');
    const token = mint(key);
    const signature = Buffer.from(token.split('.')[2] ?? '', 'base64url');
    const s = BigInt(`0x${signature.subarray(32).toString('hex')}`);
    const other = (BigInt(`0x${ORDERS.ES256}`) - s).toString(16).padStart(64, '0');
    const malleated = withSegment(token, 2, () =>
      base64url(Buffer.concat([signature.subarray(0, 32), Buffer.from(other, 'hex')])),
    );
    expect(await ours(malleated, key, 'ES256')).toBe(await joses(malleated, key, 'ES256'));
  });
});

test('one of several keys is enough, and none of several is not', async () => {
  const keys = [createKey('ES256', 'a'), createKey('ES256', 'b')];
  const set = await parseKeySet(jwksOf(...keys));
  if ('problem' in set) throw new Error(set.problem);
  const signedBy = (key: SigningKey) =>
    decode(mint(key)) as Exclude<ReturnType<typeof decode>, { malformed: string }>;
  expect(verifySignature(signedBy(keys[1] as SigningKey), 'ES256', set.keys)).toBe(true);
  expect(verifySignature(signedBy(createKey('ES256', 'a')), 'ES256', set.keys)).toBe(false);
  expect(verifySignature(signedBy(keys[0] as SigningKey), 'ES256', [])).toBe(false);
});

test('a PSS signature with a salt of another length is invalid (RFC 7518 §3.5)', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { constants, sign } = await import('node:crypto');
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'a', use: 'sig' };
  const key: SigningKey = { alg: 'PS256', kid: 'a', privateKey, publicKey, jwk };
  const input = `${base64url('{"alg":"PS256","kid":"a"}')}.${base64url('{}')}`;
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const verdicts = [0, 20, 32, 64].map(async (saltLength) => {
    const signature = sign('sha256', Buffer.from(input), { key: privateKey, padding, saltLength });
    return ours(`${input}.${base64url(signature)}`, key, 'PS256' satisfies Algorithm);
  });
  expect(await Promise.all(verdicts)).toEqual([false, false, true, false]);
});

function derOf(r: Buffer, s: Buffer): Buffer {
  const integer = (value: Buffer) => {
    const trimmed = Buffer.from(value.toString('hex').replace(/^(?:00)+/, ''), 'hex');
    const positive = (trimmed[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), trimmed]) : trimmed;
    return Buffer.concat([Buffer.from([2, positive.length]), positive]);
  };
  const body = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([
    Buffer.from(body.length < 128 ? [0x30, body.length] : [0x30, 0x81, body.length]),
    body,
  ]);
}
