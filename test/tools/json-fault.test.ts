import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pack } from '../../lambda/core/config/pack.ts';
import { withFault } from '../../tools/check-config/json-fault.ts';

const MESSAGE = 'is not JSON at position 1';
const faultIn = (text: string) => withFault(MESSAGE, text);

describe('what is unexpected in a text that is not JSON', () => {
  test.each([
    ['[1, 2,\n]', 'unexpected "]"; is there a comma too many?'],
    ['{"a": 1,\n }', 'unexpected "}"; is there a comma too many?'],
    ['[1,, 2]', 'unexpected ","; is there a comma too many?'],
    ['[1 2]', 'unexpected "2"'],
    ['[1, b]', 'unexpected "b"'],
    ['{"a" 1}', 'unexpected "1"'],
    ['[]\n"mode": 1', `unexpected '"'`],
    ["{'a': 1}", 'unexpected "\'"'],
    ['{“a”: 1}', 'unexpected "“"'],
    ['[1,\u00a02]', 'unexpected U+00A0'],
    ['[1, 😀]', 'unexpected "😀"'],
    ['{"a": [1', 'unexpected end of the text'],
    ['[1,', 'unexpected end of the text'],
    ['{"a": "b}', 'a string has no end, or has a character that needs a backslash'],
    ['"C:\\dir"', 'a string has no end, or has a character that needs a backslash'],
  ])('%j', (text, fault) => {
    expect(faultIn(text)).toBe(`is not JSON: ${fault}`);
    expect(faultIn(`\n  ${text}\n`)).toBe(`is not JSON: ${fault}`);
    expect(faultIn(pack(text))).toBe(`is not JSON: ${fault}`);
  });

  test('is never more of the text than one character', () => {
    const told = 'the-secret';
    const faulty = fc
      .tuple(fc.json({ maxDepth: 2 }), fc.nat(), fc.constantFrom(',', ']', '}', '"', 'x'))
      .map(([json, at, added]) => {
        const text = JSON.stringify({ [told]: told, json });
        return text.slice(0, at % text.length) + added + text.slice(at % text.length);
      });
    fc.assert(fc.property(faulty, (text) => !faultIn(text).includes('secret')));
  });
});

test('a message about anything else remains as it is', () => {
  expect(withFault('mode: must be "enforce"', '[')).toBe('mode: must be "enforce"');
  expect(withFault(MESSAGE, '{}')).toBe(MESSAGE);
  expect(withFault(MESSAGE, '')).toBe(MESSAGE);
});
