import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findPlaces, lineAndColumn, placeOf } from '../../../../lambda/core/config/json-places.ts';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test('finds an error in exactly the texts that are not JSON', () => {
  const texts = fc.json().chain((text) =>
    fc.oneof(
      fc.constant(text),
      fc
        .tuple(
          fc.nat(text.length),
          fc.constantFrom('', ',', '"', '}', ']', '\\', '\n', '0', '.', 'e', '\u0001', '/'),
        )
        .map(([at, inserted]) => text.slice(0, at) + inserted + text.slice(at + (inserted === '' ? 1 : 0))),
    ),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect({ text, json: findPlaces(text).kind === 'json' }).toEqual({ text, json: isJson(text) });
    }),
    { numRuns: 3000 },
  );
});

test('reads strings of any length, with an end or without', () => {
  const long = `["${'a\\n😀'.repeat(3_000_000)}`;
  expect(findPlaces(`${long}"]`).kind).toBe('json');
  expect(findPlaces(long)).toEqual({ kind: 'error', offset: 1, missing: undefined });
});

test.each([
  ['', '1:1'],
  ['{', '1:2'],
  ['{"a":1,}', '1:8'],
  ['{\n  "a": 1\n  "b": 2\n}', '3:3'],
  ['{"a": 01}', '1:7'],
  ['[1,\n2', '2:2'],
  ['{} x', '1:4'],
  ['nul', '1:1'],
  ["{'a':1}", '1:2'],
])('%j is wrong at %s', (text, expected) => {
  const places = findPlaces(text);
  expect(places.kind === 'error' && lineAndColumn(text, places.offset)).toBe(expected);
});

describe('a problem', () => {
  const text = '{\n "routes": [\n  {"path": "x"},\n  {"claims": {"/a.b": {}}}]}';
  const places = findPlaces(text);
  test.each([
    ['routes.0.path: must begin', '3:12'],
    ['routes.1.path: is missing', '4:3'],
    ['routes.1.claims./a.b: must have', '4:23'],
  ])('%j is at %s', (message, expected) => {
    const span = places.kind === 'json' ? placeOf(message, places.places) : undefined;
    expect(lineAndColumn(text, span?.start ?? 0)).toBe(expected);
  });
  test('has no place if it names no value', () => {
    expect(places.kind === 'json' && placeOf('is not an object', places.places)).toBeUndefined();
  });
});

test('duplicate members are reported, each once', () => {
  expect(findPlaces('{"a":{"x":1},"b":[{"c":1,"c":2}],"a":{"x":1}}')).toMatchObject({
    duplicates: [['b', '0', 'c'], ['a']],
  });
});

test('a text that is nested endlessly is left alone', () => {
  expect(findPlaces('['.repeat(100_000))).toEqual({ kind: 'unknown' });
});
