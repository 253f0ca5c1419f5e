import { describe, expect, test } from '@jest/globals';
import {
  acceptedNonceSecretsAt,
  nonceSecretAt,
  publishedKeysAt,
  runsOutAt,
  signingKeyAt,
} from '../../../../lambda/core/secrets/in-use.ts';
import { nextSecrets } from '../../../../lambda/core/secrets/next-secrets.ts';
import { parseSecrets } from '../../../../lambda/core/secrets/secrets.ts';
import { createMaker } from '../../../support/secrets.ts';
import { NOW } from '../../../support/tokens.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const make = createMaker();
const first = nextSecrets(undefined, NOW, make);
const [key, secret] = [first.signingKeys[0], first.nonceSecrets[0]];
const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

describe('a document', () => {
  test('is what the keeper writes', () => {
    expect(parseSecrets(bytes(first))).toEqual(first);
  });

  test.each<[string, unknown, RegExp]>([
    ['text', '{', /^not JSON$/],
    ['nothing', '', /^not JSON$/],
    ['null', null, /^the document /],
    ['another format', { ...first, note: 1 }, /^\? does not match/],
    ['no key', { ...first, signingKeys: [] }, /^signingKeys /],
    ['no nonce secret', { ...first, nonceSecrets: [] }, /^nonceSecrets /],
    ['more than there can be', { ...first, signingKeys: Array(9).fill(key) }, /^signingKeys /],
    [
      'two keys of one name',
      { ...first, signingKeys: [key, { ...key, notBefore: NOW + 99 }] },
      /^signingKeys /,
    ],
    [
      'keys out of order',
      { ...first, nonceSecrets: [secret, { ...secret, notBefore: NOW - 1 }] },
      /^nonceSecrets /,
    ],
    ['milliseconds', { ...first, writtenAt: NOW * 1000 }, /^writtenAt /],
    ['an empty window', { ...first, signingKeys: [{ ...key, useUntil: NOW }] }, /^signingKeys\.0 /],
    [
      'a key that is withdrawn before its end',
      { ...first, signingKeys: [{ ...key, publishUntil: NOW }] },
      /^signingKeys\.0 /,
    ],
    [
      'a name that no header can have',
      { ...first, signingKeys: [{ ...key, kid: 'a b' }] },
      /^signingKeys\.0\.kid /,
    ],
    [
      'a key of another curve',
      { ...first, signingKeys: [{ ...key, privateKey: { ...key?.privateKey, crv: 'P-384' } }] },
      /^signingKeys\.0\.privateKey\.\? /,
    ],
    [
      '31 bytes',
      { ...first, nonceSecrets: [{ ...secret, secret: secret?.secret.slice(1) }] },
      /^nonceSecrets\.0\.secret /,
    ],
    ['16 KB', `"${'x'.repeat(16 * 1024)}"`, /^over 16384 bytes$/],
  ])('is not %s', (_, value, problem) => {
    expect(parseSecrets(bytes(value))).toEqual({ problem: expect.stringMatching(problem) });
  });

  test('whatever the problem, the reason contains nothing of the content', () => {
    const canary = 'CANARY-CANARY-CANARY';
    for (const value of [
      `{"${canary}`,
      { [canary]: 1 },
      { ...first, signingKeys: [{ ...key, kid: ` ${canary}` }] },
      { ...first, signingKeys: [{ ...key, [canary]: canary }] },
      { ...first, nonceSecrets: [{ ...secret, secret: canary }] },
      { ...first, signingKeys: { [canary]: key } },
    ]) {
      const parsed = parseSecrets(bytes(value));
      expect(parsed).toHaveProperty('problem');
      expect(JSON.stringify(parsed)).not.toContain('CANARY');
    }
  });
});

describe('what is used', () => {
  const both = nextSecrets(first, NOW + 24 * DAY, make);
  const [old, next] = both.signingKeys.map(({ kid }) => kid);
  const handover = NOW + 60 + 30 * DAY;
  const kidAt = (at: number) => signingKeyAt(both, at)?.kid;

  test('is the key that took over last, from its first second to its last', () => {
    expect([NOW, NOW + 59].map(kidAt)).toEqual([undefined, undefined]);
    expect([NOW + 60, handover - 1].map(kidAt)).toEqual([old, old]);
    expect([handover, handover + 31 * DAY - 1].map(kidAt)).toEqual([next, next]);
    expect(kidAt(handover + 31 * DAY)).toBeUndefined();
  });

  test('is the previous key for a day more, if the next one is not known', () => {
    expect(signingKeyAt(first, handover + DAY - 1)?.kid).toBe(old);
    expect(signingKeyAt(first, handover + DAY)).toBeUndefined();
  });

  test('is published from the start until an hour after', () => {
    const kidsAt = (at: number) => publishedKeysAt(both, at).map(({ kid }) => kid);
    expect(kidsAt(NOW)).toEqual([old, next]);
    expect(kidsAt(handover + 25 * HOUR - 1)).toEqual([old, next]);
    expect(kidsAt(handover + 25 * HOUR)).toEqual([next]);
  });

  test('one nonce secret is used, and others are accepted for five minutes around a change', () => {
    const rotated = nextSecrets(first, NOW + 12 * HOUR, make);
    const [one, other] = rotated.nonceSecrets;
    const at = (seconds: number) => [
      nonceSecretAt(rotated, NOW + seconds),
      acceptedNonceSecretsAt(rotated, NOW + seconds),
    ];
    expect(at(-1)).toEqual([undefined, [one]]);
    expect(at(0)).toEqual([one, [one]]);
    expect(at(DAY - 301)).toEqual([one, [one]]);
    expect(at(DAY - 300)).toEqual([one, [one, other]]);
    expect(at(DAY)).toEqual([other, [other, one]]);
    expect(at(DAY + 299)).toEqual([other, [other, one]]);
    expect(at(DAY + 300)).toEqual([other, [other]]);
    expect(at(10 * DAY)).toEqual([undefined, [other]]);
    expect(at(10 * DAY + 300)).toEqual([undefined, []]);
  });

  test('runs out five minutes before the last key or the last nonce secret does', () => {
    expect(runsOutAt(first)).toBe(NOW + 9 * DAY - 300);
    expect(runsOutAt(both)).toBe(NOW + 33 * DAY - 300);
  });
});
