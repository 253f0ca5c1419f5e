import { describe, expect, test } from '@jest/globals';
import type { Algorithm } from '../../../../lambda/core/jwt/algorithms.ts';
import { keySetOf, type VerificationKey } from '../../../../lambda/core/keys/key-set.ts';
import { selectKeys } from '../../../../lambda/core/keys/select.ts';
import { createKey } from '../../../support/keys.ts';

const { publicKey } = createKey('ES256');
const keyOf = (kid: string | undefined, ...algorithms: Algorithm[]): VerificationKey => ({
  kid,
  algorithms,
  key: publicKey,
});

const absent = { kind: 'failure', code: 'key_unknown', absent: true };
const tooMany = { kind: 'failure', code: 'key_unknown', absent: false };
const unfit = { kind: 'failure', code: 'algorithm_not_allowed', absent: false };

describe('a token that names a key', () => {
  const a = keyOf('a', 'RS256', 'PS256');
  const b = keyOf('b', 'ES256');
  const set = keySetOf([a, b]);

  test('gets that key', () =>
    expect(selectKeys(set, 'RS256', 'a')).toMatchObject({ kind: 'keys', keys: [a] }));
  test('gets only an unknown key if the set has no such name', () => {
    for (const kid of ['c', '', 'A', '__proto__', 'undefined']) {
      expect(selectKeys(set, 'RS256', kid)).toMatchObject(absent);
    }
  });
  test('gets the keys without a name if none has its name, up to four', () => {
    const nameless = [keyOf(undefined, 'RS256'), keyOf(undefined, 'ES256'), keyOf(undefined, 'RS256')];
    const mixed = keySetOf([a, ...nameless]);
    expect(selectKeys(mixed, 'RS256', 'c')).toMatchObject({ kind: 'keys', keys: [nameless[0], nameless[2]] });
    expect(selectKeys(mixed, 'RS256', 'a')).toMatchObject({ kind: 'keys', keys: [a] });
    expect(selectKeys(mixed, 'ES384', 'c')).toMatchObject(absent);
    const many = keySetOf(Array.from({ length: 5 }, () => keyOf(undefined, 'RS256')));
    // A newer set may have the name.
    expect(selectKeys(many, 'RS256', 'c')).toMatchObject(absent);
    expect(selectKeys(many, 'RS256', undefined)).toMatchObject(tooMany);
  });
  test('does not get a key that its alg does not fit', () => {
    expect(selectKeys(set, 'ES256', 'a')).toMatchObject(unfit);
    expect(selectKeys(set, 'RS512', 'a')).toMatchObject(unfit);
  });
  test('gets every key of that name that the alg fits, up to four', () => {
    const same = [keyOf('a', 'RS256'), keyOf('a', 'ES256'), keyOf('a', 'RS256')];
    expect(selectKeys(keySetOf(same), 'RS256', 'a')).toMatchObject({
      kind: 'keys',
      keys: [same[0], same[2]],
    });
    const many = (count: number) => keySetOf(Array.from({ length: count }, () => keyOf('a', 'RS256')));
    expect(selectKeys(many(4), 'RS256', 'a')).toMatchObject({ kind: 'keys' });
    expect(selectKeys(many(5), 'RS256', 'a')).toMatchObject(tooMany);
  });
});

describe('a token that names none', () => {
  test('gets the keys that its alg fits, named or not, up to four', () => {
    const keys = [keyOf('a', 'RS256'), keyOf(undefined, 'RS256'), keyOf('c', 'ES256')];
    expect(selectKeys(keySetOf(keys), 'RS256', undefined)).toMatchObject({
      kind: 'keys',
      keys: keys.slice(0, 2),
    });
    expect(selectKeys(keySetOf(keys), 'ES256', undefined)).toMatchObject({
      kind: 'keys',
      keys: keys.slice(2),
    });
  });
  test('gets an unknown key if its alg fits none, so that a new key set is requested', () => {
    expect(selectKeys(keySetOf([keyOf('a', 'RS256')]), 'ES256', undefined)).toMatchObject(absent);
  });
  test('is rejected if more than four fit', () => {
    const keys = Array.from({ length: 5 }, (_, index) => keyOf(`k${index}`, 'RS256'));
    expect(selectKeys(keySetOf(keys.slice(1)), 'RS256', undefined)).toMatchObject({ kind: 'keys' });
    expect(selectKeys(keySetOf(keys), 'RS256', undefined)).toMatchObject(tooMany);
  });
});
