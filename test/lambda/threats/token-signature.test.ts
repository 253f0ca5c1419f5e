import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { canaryClaims, underAttack } from '../../support/attack.ts';
import { ALL_ALGORITHMS, createKey, jwksOf, type SigningKey, signatureOf } from '../../support/keys.ts';
import { CANARY } from '../../support/rejection.ts';
import { base64url, mint, withSegment } from '../../support/tokens.ts';
import { createWorld, JWKS_URI } from '../../support/world.ts';

const RSA = createKey('RS256', 'rsa');
const EC = createKey('ES256', 'ec');
const P384 = createKey('ES384', 'p384');
const attack = underAttack(RSA);

/** A token with any header, whose signature is computed from its signing input by the given function. */
function forge(
  header: object,
  sign: (input: string) => Uint8Array | string,
  claims: object = canaryClaims(),
): string {
  const input = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  return `${input}.${base64url(sign(input))}`;
}
const without = (jwk: Record<string, unknown>, ...names: string[]) =>
  Object.fromEntries(Object.entries(jwk).filter(([name]) => !names.includes(name)));

describe('the algorithm none', () => {
  test.each(['none', 'None', 'nOnE', 'NONE', ''])('"%s" with any signature is rejected', async (alg) => {
    const token = forge({ alg, kid: 'rsa' }, () => 'x');
    await attack.expectRejectedToken(token, 'algorithm_not_allowed');
  });
  test.each(['none', 'nOnE', 'RS256'])('"%s" with an empty signature is rejected', async (alg) => {
    const token = withSegment(mint(RSA, canaryClaims(), { alg }), 2, () => '');
    await attack.expectRejectedToken(token, 'token_malformed');
  });
});

describe('HS256/384/512 signed with the public key (CVE-2022-23540, CVE-2023-48223, CVE-2026-22817)', () => {
  const secrets: [string, string | Buffer][] = [
    ['PEM', RSA.publicKey.export({ type: 'spki', format: 'pem' })],
    ['trimmed PEM', String(RSA.publicKey.export({ type: 'spki', format: 'pem' })).trim()],
    ['PKCS#1 PEM', RSA.publicKey.export({ type: 'pkcs1', format: 'pem' })],
    ['DER', RSA.publicKey.export({ type: 'spki', format: 'der' })],
    ['JWK text', JSON.stringify(RSA.jwk)],
    ['modulus', Buffer.from(String(RSA.jwk.n), 'base64url')],
    ['empty secret', ''],
  ];
  test.each(secrets)('as %s is rejected', async (_, secret) => {
    for (const bits of [256, 384, 512]) {
      const sign = (input: string) => createHmac(`sha${bits}`, secret).update(input).digest();
      const token = forge({ alg: `HS${bits}`, kid: 'rsa', typ: 'JWT' }, sign);
      await attack.expectRejectedToken(token, 'algorithm_not_allowed');
      const relabelled = forge({ alg: `RS${bits}`, kid: 'rsa', typ: 'JWT' }, sign);
      await attack.expectRejectedToken(
        relabelled,
        bits === 256 ? 'signature_invalid' : 'algorithm_not_allowed',
      );
    }
  });
  test('is rejected even with a symmetric key in the key set, which is ignored with a log line', async () => {
    const oct = { kty: 'oct', kid: 'oct', alg: 'HS256', k: base64url('secret') };
    attack.world.documents.set(JWKS_URI, { keys: [oct, RSA.jwk] });
    const sign = (input: string) => createHmac('sha256', 'secret').update(input).digest();
    await attack.expectRejectedToken(forge({ alg: 'HS256', kid: 'oct' }, sign), 'algorithm_not_allowed');
    await attack.expectRejectedToken(forge({ alg: 'RS256', kid: 'oct' }, sign), 'key_unknown');
    const loaded = attack.world.events.find(({ name }) => name === 'keysLoaded');
    expect(loaded?.detail[3]).toEqual([{ index: 0, reason: 'symmetric key' }]);
  });
});

describe('a JWK without alg', () => {
  const serve = (...keys: SigningKey[]) =>
    attack.world.documents.set(JWKS_URI, { keys: keys.map(({ jwk }) => without(jwk, 'alg')) });

  test('does not let the token pick an alg of another family', async () => {
    serve(RSA, EC, P384);
    for (const [key, alg] of [
      [RSA, 'ES256'],
      [RSA, 'EdDSA'],
      [EC, 'RS256'],
      [EC, 'ES384'],
      [P384, 'ES256'],
      [P384, 'PS256'],
    ] as const) {
      const signer = alg.startsWith('ES')
        ? alg === 'ES256'
          ? EC
          : P384
        : alg === 'EdDSA'
          ? createKey('EdDSA')
          : RSA;
      const token = mint(signer, canaryClaims(), { kid: key.kid, alg }, alg);
      await attack.expectRejectedToken(token, 'algorithm_not_allowed');
    }
  });
  test.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'])('of RSA verifies %s', async (alg) => {
    serve(RSA);
    await attack.expectAcceptedToken(mint(RSA, canaryClaims(), { alg }, alg));
  });
});

test('PS for RS is rejected if the JWK says RS256, and so is every other RSA alg', async () => {
  for (const alg of ['PS256', 'PS384', 'PS512', 'RS384', 'RS512']) {
    await attack.expectRejectedToken(mint(RSA, canaryClaims(), { alg }, alg), 'algorithm_not_allowed');
  }
});

describe('an ECDSA signature', () => {
  const order = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
  const ones = Buffer.alloc(32, 0xff).toString('hex');
  const zero = Buffer.alloc(32).toString('hex');

  test.each([
    ['of all zeros ("psychic", CVE-2022-21449)', Buffer.from(zero + zero, 'hex')],
    ['with r and s the order', Buffer.from(order + order, 'hex')],
    ['with r and s out of range', Buffer.from(ones + ones, 'hex')],
    ['one byte short', Buffer.alloc(63, 1)],
    ['one byte long', Buffer.alloc(65, 1)],
    ['in DER', Buffer.from('3006020101020101', 'hex')],
    ['of zero in DER', Buffer.from('3006020100020100', 'hex')],
  ])('%s is rejected', async (_, signature) => {
    attack.world.documents.set(JWKS_URI, jwksOf(EC));
    const token = forge({ alg: 'ES256', kid: 'ec' }, () => signature);
    await attack.expectRejectedToken(token, 'signature_invalid');
  });
  test('of a P-384 key under ES256 is rejected', async () => {
    attack.world.documents.set(JWKS_URI, { keys: [without(P384.jwk, 'alg')] });
    const token = forge({ alg: 'ES256', kid: 'p384' }, (input) =>
      signatureOf(input, 'ES384', P384.privateKey),
    );
    await attack.expectRejectedToken(token, 'algorithm_not_allowed');
  });
});

describe('a signature', () => {
  test('of another key under our kid is rejected', async () => {
    await attack.expectRejectedToken(mint(createKey('RS256', 'rsa'), canaryClaims()), 'signature_invalid');
  });
  test.each([0, 1] as const)('is rejected once segment %d has been changed', async (index) => {
    const token = withSegment(mint(RSA, canaryClaims()), index, (segment) => {
      const members = JSON.parse(Buffer.from(segment, 'base64url').toString());
      return base64url(JSON.stringify({ ...members, extra: true }));
    });
    await attack.expectRejectedToken(token, 'signature_invalid');
  });
  test('of another token is rejected', async () => {
    const other = mint(RSA, canaryClaims({ jti: '1' })).split('.')[2] ?? '';
    await attack.expectRejectedToken(
      withSegment(mint(RSA, canaryClaims({ jti: '2' })), 2, () => other),
      'signature_invalid',
    );
  });
  test.each(ALL_ALGORITHMS)('of %s is accepted if the key set has a key for it', async (alg) => {
    const key = createKey(alg);
    attack.world.documents.set(JWKS_URI, jwksOf(key));
    await attack.expectAcceptedToken(mint(key));
  });
});

describe('the header parameter crit (CVE-2025-59420, CVE-2026-35042)', () => {
  test.each([
    ['unknown', { crit: [CANARY], [CANARY]: 1 }],
    ['naming a registered parameter', { crit: ['alg'] }],
    ['empty', { crit: [] }],
    ['with b64 false', { crit: ['b64'], b64: false }],
    ['that is no list', { crit: CANARY }],
  ])('%s is rejected', async (_, header) => {
    await attack.expectRejectedToken(mint(RSA, canaryClaims(), header), 'header_unsupported');
  });
  test('is not needed for the rejection of b64 false', async () => {
    await attack.expectRejectedToken(mint(RSA, canaryClaims(), { b64: false }), 'header_unsupported');
  });
});

test('judges each of many simultaneous tokens by itself, while the keys are still being fetched', async () => {
  const world = createWorld(RSA);
  const padding = (i: number) => 'x'.repeat(i * 17);
  const tokens = Array.from({ length: 40 }, (_, i) => {
    const token = mint(RSA, canaryClaims({ sub: `subject-${i}`, padding: padding(i) }));
    // Every other token has its neighbour's claims, as if decoding and verifying shared a buffer.
    const other = mint(RSA, canaryClaims({ sub: `subject-${i + 1}`, padding: padding(i + 1) }));
    return i % 2 === 0 ? token : withSegment(token, 1, () => other.split('.')[1] ?? '');
  });
  const responses = await Promise.all(tokens.map((token) => world.present(token)));
  for (const [i, { status, body }] of responses.entries()) {
    if (i % 2 === 0)
      expect({ status, body }).toMatchObject({ status: 200, body: { subject: `subject-${i}` } });
    else expect({ status, body }).toMatchObject({ status: 401, body: { code: 'signature_invalid' } });
  }
  expect(world.fetched).toEqual([JWKS_URI]);
});
