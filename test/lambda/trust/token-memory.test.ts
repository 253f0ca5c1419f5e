import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTokenMemory } from '../../../lambda/core/token-memory.ts';
import type { VerifiedToken } from '../../../lambda/core/verified-token.ts';
import { providerOf } from '../../support/provider.ts';
import { claimsOf, ISSUER } from '../../support/tokens.ts';

const claims = claimsOf();
const header = { alg: 'ES256', kid: 'key-1' };
const verified: VerifiedToken = {
  token: { header, claims, padding: false },
  provenBy: [{ keys: [], byKid: new Map(), nameless: [], ignored: [] }],
  accepted: {
    provider: providerOf(),
    header: { alg: 'ES256', kid: 'key-1' },
    identity: {
      provider: 'default',
      issuer: ISSUER,
      subject: 'client-1',
      clientId: 'client-1',
      scopes: [],
      claims,
    },
    times: [{ exp: claims.exp, nbf: undefined, iat: claims.iat }],
  },
};

/** 500 bytes per token, 160 each for its header and its claims, 76 for each of their members, and 3 per character. */
const MEMBERS = Object.keys(claims).length + Object.keys(header).length;
const costOf = (length: number) => 500 + 2 * 160 + 76 * MEMBERS + 3 * length;

test('after 200,000 distinct tokens the memory holds 10,000, the latest ones', () => {
  const memory = createTokenMemory();
  for (let i = 0; i < 200_000; i++) memory.set(`token-${i}`, verified);
  expect(memory.size()).toBe(10_000);
  expect(memory.get('token-199999')).toBe(verified);
  expect(memory.get('token-190000')).toBe(verified);
  expect(memory.get('token-189999')).toBeUndefined();
});

test('after 200,000 distinct tokens of 2 KB it holds no more than fit into 32 MB by its estimate', () => {
  const memory = createTokenMemory();
  const filler = 'x'.repeat(2000);
  for (let i = 0; i < 200_000; i++) memory.set(`${filler}${String(i).padStart(8, '0')}`, verified);
  expect(memory.size()).toBe(Math.floor((32 * 1024 * 1024) / costOf(2008)));
});

test('the largest accepted tokens displace each other, and never more than their share', () => {
  const memory = createTokenMemory();
  const filler = 'x'.repeat(16_376);
  for (let i = 0; i < 1000; i++) memory.set(`${filler}${String(i).padStart(8, '0')}`, verified);
  expect(memory.size()).toBe(Math.floor((32 * 1024 * 1024) / costOf(16_384)));
});

function nested(depth: number, wrap: (n: number, inner: object) => object): object {
  let object = {};
  for (let n = 0; n < depth; n++) object = wrap(n, object);
  return object;
}

/** Claims built to be expensive, and the bytes that each takes in V8, including its text, as measured. */
const HOSTILE: [string, number, object][] = [
  ['990 empty objects', 63_000, { x: Array.from({ length: 990 }, () => ({})) }],
  ['990 empty lists', 39_000, { x: Array.from({ length: 990 }, () => []) }],
  [
    '300 objects with a number for a name',
    62_000,
    { x: Array.from({ length: 300 }, (_, n) => ({ [`100000${n}`]: 1 })) },
  ],
  [
    '330 nested objects with a number and a unique name',
    115_000,
    nested(330, (n, inner) => ({ 9999: 0, [`u${n}`]: inner })),
  ],
  ['480 nested objects with a number for a name', 101_000, nested(480, (_, inner) => ({ 9999: inner }))],
  ['400 nested objects with a unique name', 77_000, nested(400, (n, inner) => ({ [`u${n}`]: inner }))],
  [
    '700 unique names with doubles',
    93_000,
    Object.fromEntries(Array.from({ length: 700 }, (_, n) => [`k1234_${n}`, n + 0.5])),
  ],
  ['900 names', 74_000, Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`name-${n}`, 1]))],
];

test.each(HOSTILE)(
  'with claims of %s it holds no more than fit into 32 MB, each taking %d bytes',
  (_, bytes, hostile) => {
    const memory = createTokenMemory();
    const length = Buffer.from(JSON.stringify(hostile)).toString('base64url').length;
    const token = { ...verified.token, claims: hostile as typeof claims };
    for (let n = 0; n < 2000; n++) memory.set(String(n).padStart(length, 'x'), { ...verified, token });
    expect(memory.size() * bytes).toBeLessThan(32 * 1024 * 1024);
    expect(memory.size()).toBeGreaterThan(100);
  },
);

test('a token that would fill the memory by itself is not kept', () => {
  const memory = createTokenMemory(10, 2000);
  memory.set('small', verified);
  memory.set('x'.repeat(1000), verified);
  expect(memory.size()).toBe(0);
});

test('of two tokens with the same ending only the right one is found', () => {
  const memory = createTokenMemory();
  const end = 'x'.repeat(100);
  memory.set(`first${end}`, verified);
  expect(memory.get(`other${end}`)).toBeUndefined();
  expect(memory.get(`first${end}`)).toBe(verified);
  memory.set(`other${end}`, verified);
  expect(memory.get(`other${end}`)).toBe(verified);
  expect(memory.get(`first${end}`)).toBeUndefined();
  expect(memory.size()).toBe(1);
});

test('whatever is kept, used and forgotten: the limits hold, and the least recently used is dropped first', () => {
  const key = fc.integer({ min: 0, max: 9 }).map((n) => `${n}`.repeat(n + 1));
  const step = fc.tuple(fc.constantFrom('set', 'get'), key);
  const cost = (token: string) => costOf(token.length);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const [maxTokens, maxBytes] = [5, 5000];
      const memory = createTokenMemory(maxTokens, maxBytes);
      // The plainest model: a list, the least recently used first.
      let model: string[] = [];
      for (const [action, token] of steps) {
        const had = model.includes(token);
        if (action === 'get') expect(memory.get(token)).toBe(had ? verified : undefined);
        if (action === 'set') memory.set(token, verified);
        const rest = model.filter((each) => each !== token);
        if (action === 'set' || had) model = [...rest, token];
        while (model.length > maxTokens || model.reduce((sum, each) => sum + cost(each), 0) > maxBytes) {
          model.shift();
        }
        expect(memory.size()).toBe(model.length);
      }
    }),
  );
});
