import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { canaryClaims, underAttack } from '../../support/attack.ts';
import { createKey, jwksOf } from '../../support/keys.ts';
import { CANARY } from '../../support/rejection.ts';
import { AUDIENCE, mint } from '../../support/tokens.ts';
import { JWKS_URI } from '../../support/world.ts';

const attack = underAttack(createKey('ES256', 'ours'));
const THEIRS = createKey('ES256', 'theirs');

describe('a key that the token brings along (CVE-2026-27962)', () => {
  test.each([
    ['jwk', THEIRS.jwk],
    ['jku', 'https://evil.example/jwks'],
    ['x5u', 'https://evil.example/cert'],
    ['x5c', ['MIIB']],
  ])('as %s is rejected, and no URL of the token is fetched', async (name, value) => {
    attack.world.documents.set('https://evil.example/jwks', jwksOf(THEIRS));
    for (const kid of ['theirs', 'ours', undefined]) {
      const token = mint(THEIRS, canaryClaims(), { kid, [name]: value });
      await attack.expectRejectedToken(token, kid === 'theirs' ? 'key_unknown' : 'signature_invalid');
    }
    expect(attack.world.fetched).toEqual([JWKS_URI]);
  });
  test('does no harm to a token signed with our key', async () => {
    const header = { jwk: THEIRS.jwk, jku: 'https://evil.example/jwks', x5c: ['MIIB'], x5u: 'x' };
    await attack.expectAcceptedToken(mint(attack.key, canaryClaims(), header));
    expect(attack.world.fetched).toEqual([JWKS_URI]);
  });
});

describe('the kid', () => {
  test.each([
    ['path traversal', `../../${CANARY}`],
    ['a URL', `https://evil.example/${CANARY}`],
    ['SQL', `' OR 1=1; -- ${CANARY}`],
    ['a command', `$(${CANARY})`],
    ['NUL', `ours\0${CANARY}`],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
    ['empty', ''],
    ['in another case', 'OURS'],
    ['with a space', 'ours '],
  ])('%s is an unknown key, and only the key set is fetched for it', async (_, kid) => {
    await attack.expectRejectedToken(mint(attack.key, canaryClaims(), { kid }), 'key_unknown');
  });
  test.each([
    ['10 KB', 'x'.repeat(10_000)],
    ['a number', 1],
    ['an object', { ours: true }],
    ['an array', ['ours']],
    ['null', null],
    ['true', true],
  ])('%s is malformed, and nothing is fetched for it', async (_, kid) => {
    await attack.expectRejectedToken(mint(attack.key, canaryClaims(), { kid }), 'token_malformed');
    expect(attack.world.fetched).toEqual([JWKS_URI]);
  });
});

describe('a token without kid', () => {
  const keys = Array.from({ length: 5 }, (_, index) => createKey('ES256', `k${index}`));
  const token = (index: number) => mint(keys[index] ?? THEIRS, canaryClaims(), { kid: undefined });

  test('is accepted with one key, and with others of another type', async () => {
    attack.world.documents.set(JWKS_URI, jwksOf(keys[0] ?? THEIRS, createKey('EdDSA'), createKey('ES384')));
    await attack.expectAcceptedToken(token(0));
  });
  test.each([0, 1, 2, 3])('is tried with up to four keys: the one at %d', async (index) => {
    attack.world.documents.set(JWKS_URI, jwksOf(...keys.slice(0, 4)));
    await attack.expectAcceptedToken(token(index));
  });
  test('is rejected with five', async () => {
    attack.world.documents.set(JWKS_URI, jwksOf(...keys));
    await attack.expectRejectedToken(token(0), 'key_unknown');
  });
  test('is rejected if none of them signed it', async () => {
    attack.world.documents.set(JWKS_URI, jwksOf(...keys.slice(0, 4)));
    await attack.expectRejectedToken(token(4), 'signature_invalid');
  });
});

describe('two issuers with one kid and different keys (CVE-2025-59936)', () => {
  const A = createKey('ES256', 'same');
  const B = createKey('ES256', 'same');
  const [ISSUER_A, ISSUER_B] = ['https://issuer.example', 'https://b.example'];
  const setUp = () => {
    const b = { type: 'jwks', issuer: ISSUER_B, audience: AUDIENCE, jwksUri: 'https://b.example/jwks' };
    attack.world.parameters.policy = JSON.stringify({
      providers: { b },
      routes: [{ path: '/*', providers: ['default', 'b'] }],
    });
    attack.world.documents.set(JWKS_URI, jwksOf(A));
    attack.world.documents.set('https://b.example/jwks', jwksOf(B));
  };
  const status = async (key: typeof A, iss: string) =>
    (await attack.world.present(mint(key, canaryClaims({ iss })))).status;

  test.each([
    [
      'a first',
      [
        [A, ISSUER_A],
        [B, ISSUER_B],
        [A, ISSUER_B],
        [B, ISSUER_A],
      ],
      [200, 200, 401, 401],
    ],
    [
      'b first',
      [
        [B, ISSUER_B],
        [A, ISSUER_A],
        [B, ISSUER_A],
        [A, ISSUER_B],
      ],
      [200, 200, 401, 401],
    ],
    [
      'the forgeries first',
      [
        [A, ISSUER_B],
        [B, ISSUER_A],
        [A, ISSUER_A],
        [B, ISSUER_B],
      ],
      [401, 401, 200, 200],
    ],
  ] as const)(
    'are accepted each only for its own issuer, with cold caches and with warm ones: %s',
    async (_, calls, expected) => {
      setUp();
      for (const _round of ['cold', 'warm']) {
        const statuses: number[] = [];
        for (const [key, issuer] of calls) statuses.push(await status(key, issuer));
        expect(statuses).toEqual(expected);
      }
    },
  );
  test('stay apart even if an issuer moves to the key set of the other', async () => {
    setUp();
    expect(await status(A, ISSUER_A)).toBe(200);
    attack.world.parameters['jwks-uri'] = 'https://b.example/jwks?of=a';
    attack.world.documents.set('https://b.example/jwks?of=a', jwksOf(B));
    attack.world.advance(60);
    expect(await status(A, ISSUER_A)).toBe(401);
    expect(await status(B, ISSUER_A)).toBe(200);
  });
});

describe('a key that must not verify is ignored with a log line', () => {
  const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
  const weak = rsa(1024);
  const good = rsa(2048);
  const signer = (pair: typeof weak, kid: string) => ({ ...createKey('ES256'), ...pair, alg: 'RS256', kid });

  test.each([
    ['RSA under 2048 bits', { ...weak.publicKey.export({ format: 'jwk' }), kid: 'bad' }, signer(weak, 'bad')],
    [
      'RSA with exponent 1',
      { ...good.publicKey.export({ format: 'jwk' }), e: 'AQ', kid: 'bad' },
      signer(good, 'bad'),
    ],
    ['a private key', { ...good.privateKey.export({ format: 'jwk' }), kid: 'bad' }, signer(good, 'bad')],
    [
      'an encryption key',
      { ...good.publicKey.export({ format: 'jwk' }), use: 'enc', kid: 'bad' },
      signer(good, 'bad'),
    ],
    ['a point off the curve', { ...THEIRS.jwk, y: attack.key.jwk.y, kid: 'bad' }, { ...THEIRS, kid: 'bad' }],
  ])('%s', async (_, jwk, key) => {
    attack.world.documents.set(JWKS_URI, { keys: [jwk, attack.key.jwk] });
    await attack.expectRejectedToken(mint(key, canaryClaims()), 'key_unknown');
    const loaded = attack.world.events.find(({ name }) => name === 'keysLoaded');
    expect(loaded?.detail[3]).toEqual([{ index: 0, reason: expect.any(String) }]);
    await attack.expectAcceptedToken(mint(attack.key));
  });
});
