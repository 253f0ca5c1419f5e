import { describe, expect, test } from '@jest/globals';
import { hasSameKeys, type KeySet, parseKeySet } from '../../../../lambda/core/keys/key-set.ts';
import { publicKeysOf } from '../../../../lambda/core/keys/public-keys.ts';
import { certificateOf } from '../../../support/certificate.ts';
import { createKey } from '../../../support/keys.ts';

const parse = async (keys: readonly object[]): Promise<KeySet> => {
  const set = await parseKeySet({ keys });
  if ('problem' in set) throw new Error(set.problem);
  return set;
};
const { kid: _, ...nameless } = createKey('ES256').jwk;
const { alg: __, ...anyAlgorithm } = createKey('RS256', 'any').jwk as Record<string, unknown>;

describe('public keys make the same set again', () => {
  test.each<[string, readonly object[]]>([
    ...(['RS256', 'PS384', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const).map((alg): [string, object[]] => [
      alg,
      [createKey(alg, 'k').jwk],
    ]),
    ['a key without alg', [anyAlgorithm]],
    ['a key without kid', [nameless]],
    ['several of one kid', [createKey('ES256', 'k').jwk, createKey('RS256', 'k').jwk]],
    ['alg "Ed25519"', [{ ...createKey('EdDSA', 'k').jwk, alg: 'Ed25519' }]],
    ['standard base64 and nulls', [{ ...createKey('RS256', 'k').jwk, use: null, key_ops: ['verify'] }]],
  ])('%s', async (_name, keys) => {
    const set = await parse(keys);
    expect(hasSameKeys(await parse(publicKeysOf(set)), set)).toBe(true);
  });
});

test('a key that exists only in a certificate is written as a key', async () => {
  const rsa = createKey('RS256', 'k');
  const { n, e, ...rest } = rsa.jwk as Record<string, unknown>;
  const [key] = publicKeysOf(await parse([{ ...rest, x5c: [certificateOf(rsa)] }]));
  expect(key).toEqual({ kty: 'RSA', kid: 'k', alg: 'RS256', n, e });
});
