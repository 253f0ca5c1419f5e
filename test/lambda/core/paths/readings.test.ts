import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  MAX_CHARACTERS,
  MAX_READINGS,
  type Reading,
  stepsTo,
  visitReadings,
} from '../../../../lambda/core/paths/readings.ts';
import { spell } from '../../../../lambda/core/paths/spelling.ts';
import { STEPS, stepsFor } from '../../../../lambda/core/paths/steps.ts';

function readingsOf(path: string, steps = STEPS) {
  const readings: Reading[] = [];
  const end = visitReadings(path, steps, (reading) => {
    readings.push(reading);
    return undefined;
  });
  return { readings, end, texts: readings.map(({ text }) => text) };
}

test('a plain path has one reading, and the same one folded', () => {
  expect(readingsOf('/api/orders/1').readings).toMatchObject([
    { text: '/api/orders/1', folded: false },
    { text: '/api/orders/1', folded: true },
  ]);
});

test('steps are taken in any order, and each result once', () => {
  const { texts } = readingsOf(
    '/a%2F%2E%3Bx/b',
    STEPS.filter(({ name }) => name !== 'fold'),
  );
  expect(texts).toContain('/a/.;x/b');
  expect(texts).toContain('/a/./b');
  expect(texts).toContain('/a//b');
  expect(texts).toContain('/a/b');
  expect(new Set(texts).size).toBe(texts.length);
});

test('a folded reading stays folded, whatever other steps do', () => {
  const { readings } = readingsOf('/api/%C3%89;X');
  for (const { text, folded } of readings) {
    if (folded) expect(text).toBe(text.toLowerCase());
  }
  expect(readings).toContainEqual(expect.objectContaining({ text: '/api/e', folded: true }));
});

test('a reading knows the steps that led to it, in their order', () => {
  const { readings } = readingsOf('/api%2fAdmin%3Bx');
  const found = readings.find(({ text, folded }) => text === '/api/Admin' && !folded);
  expect(found && stepsTo(found)).toEqual(['decode', 'params']);
});

test('the search ends with the first reading for which the visitor returns a result', () => {
  const seen: string[] = [];
  const end = visitReadings('/a%2Fb%2Fc', STEPS, ({ text }) => {
    seen.push(text);
    return seen.length === 2 ? 'found' : undefined;
  });
  expect(end).toBe('found');
  expect(seen).toHaveLength(2);
});

test('for most paths, only steps that change something are taken', () => {
  const piece = fc.constantFrom(
    '/',
    'a',
    'B',
    '.',
    '..',
    '~',
    ':',
    '@',
    '=',
    '+',
    ';',
    '%2e',
    '%41',
    '%2F',
    "'",
  );
  const path = fc.array(piece, { maxLength: 12 }).map((parts) => spell(`/a${parts.join('')}`));
  const seen = { fewer: 0, all: 0 };
  fc.assert(
    fc.property(path, (text) => {
      const chosen = stepsFor(text, STEPS);
      seen[chosen === STEPS ? 'all' : 'fewer'] += 1;
      const keys = ({ readings }: ReturnType<typeof readingsOf>) =>
        new Set(readings.map((reading) => `${reading.folded} ${reading.text}`));
      expect(keys(readingsOf(text, chosen))).toEqual(keys(readingsOf(text)));
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(seen.fewer, seen.all)).toBeGreaterThan(100);
});

test('a text that folding does not change need not be read twice', () => {
  const piece = fc.constantFrom('/', 'a', 'B', '.', '+', ';', '%2e', '%41', '%2F', '%C3%A9', 'é');
  const path = fc.array(piece, { maxLength: 8 }).map((parts) => `/a${parts.join('')}`);
  fc.assert(
    fc.property(path, (text) => {
      const texts = new Set<string>();
      const folded = new Set<string>();
      visitReadings(
        text,
        STEPS,
        (reading) => void (reading.folded ? folded : texts).add(reading.text),
        false,
      );
      for (const reading of readingsOf(text).readings) {
        const known = texts.has(reading.text) || (reading.folded && folded.has(reading.text));
        expect([reading.text, known]).toEqual([reading.text, true]);
      }
    }),
    { numRuns: 2000 },
  );
});

describe('the readings are limited', () => {
  const atoms = ['.', '..', '%2e', '%25', '%2525', '25', ';', 'a;', '+', 'A', 'a.', '%C3%A9', '%2F', '%5C'];
  const more = ['\\', '/', '%20.', '%3F', '%23', '%EF%B7%BA', '%u0041', '%25u0041', '%252f;', '%3Ba%2F.x'];
  test.each([...atoms, ...more])('for 16 KB of %j', (atom) => {
    const path = `/%${'25'.repeat(4)}${atom.repeat(16_384 / atom.length)}`;
    const { readings, texts } = readingsOf(path);
    expect(readings.length).toBeLessThanOrEqual(MAX_READINGS);
    expect(texts.join('').length).toBeLessThanOrEqual(MAX_CHARACTERS);
  });
  test('and a path beyond the limit is reported', () => {
    expect(readingsOf(`/%${'25'.repeat(300)}`).end).toBe('too-many');
    expect(readingsOf(`/a${'.a'.repeat(300)}`).end).toBe('too-many');
    expect(readingsOf(`/a${'.a'.repeat(60)}`).end).toBeUndefined();
  });
});
