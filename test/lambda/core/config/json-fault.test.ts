import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as v from 'valibot';
import { withoutPlace } from '../../../../lambda/core/config/json-fault.ts';
import { pack } from '../../../../lambda/core/config/pack.ts';
import { parseConfig } from '../../../../lambda/core/config/parse.ts';
import { parseJson } from '../../../../lambda/core/config/parse-json.ts';
import { besideOthers } from '../../../support/paths.ts';

/** The only problem with a text. */
function problemIn(text: string): string {
  const parsed = parseJson(v.unknown(), text);
  return 'problems' in parsed ? parsed.problems.join() : '';
}
const faultIn = (text: string) => withoutPlace(problemIn(text));

describe('what is unexpected in a text that is not JSON', () => {
  test.each([
    ['[1, 2,\n]', 'unexpected "]"; is there a comma too many?'],
    ['{"a": 1,\n }', 'unexpected "}"; is there a comma too many?'],
    ['[1,, 2]', 'unexpected ","; is there a comma too many?'],
    ['[1 2]', 'unexpected "2"'],
    ['{"a": 1\n "b": 2}', `unexpected '"'; is a comma missing?`],
    ['[{}\n{}]', 'unexpected "{"; is a comma missing?'],
    ['[1, b]', 'unexpected "b"'],
    ['{"a" 1}', 'unexpected "1"; is a colon missing?'],
    ['{"a"}', 'unexpected "}"; is a colon missing?'],
    ['[]\n"mode": 1', `unexpected '"'`],
    ['{}{}', 'unexpected "{"'],
    ["{'a': 1}", `unexpected "'"; JSON allows only " around names and strings`],
    ['{“a”: 1}', 'unexpected "“"; JSON allows only " around names and strings'],
    ['{ // one\n}', 'unexpected "/"; JSON has no comments'],
    ['[1] # one', 'unexpected "#"; JSON has no comments'],
    [Buffer.from('\uFEFF{}', 'utf16le').toString(), 'unexpected "\uFFFD"; is the text not in UTF-8?'],
    [Buffer.from('{}', 'utf16le').toString(), 'unexpected U+0000; is the text not in UTF-8?'],
    ['[True]', 'unexpected "T"'],
    ['[\u001b[2J]', 'unexpected U+001B'],
    ['[\ud800]', 'unexpected U+D800'],
    ['[\u0301]', 'unexpected U+0301'],
    ['[\ufe0f]', 'unexpected U+FE0F'],
    ['{\u3164}', 'unexpected U+3164'],
    ['{\ufeff}', 'unexpected U+FEFF'],
    ['[1,\u00a02]', 'unexpected U+00A0'],
    ['[1, 😀]', 'unexpected "😀"'],
    ['{"a": [1', 'unexpected end of the text'],
    ['[1,', 'unexpected end of the text'],
    ['{"a": "b}', 'a string has no end, or has a character that needs a backslash'],
    ['"C:\\dir"', 'a string has no end, or has a character that needs a backslash'],
  ])('%j', (text, fault) => {
    expect(faultIn(text)).toBe(`is not JSON: ${fault}`);
    // A packed lone surrogate would be another character.
    if (text.isWellFormed()) expect(faultIn(pack(`\uFEFF\n  ${text}\n`))).toBe(`is not JSON: ${fault}`);
  });

  test('is never more of the text than one character', () => {
    const secret = 'the-secret';
    const faulty = fc
      .tuple(fc.json({ maxDepth: 2 }), fc.nat(), fc.constantFrom(',', ']', '}', '"', 'x'))
      .map(([json, at, added]) => {
        const text = JSON.stringify({ [secret]: secret, json });
        return text.slice(0, at % text.length) + added + text.slice(at % text.length);
      });
    fc.assert(fc.property(faulty, (text) => !faultIn(text).includes('secret')));
  });
});

test.each([
  ['[1,\n 2,\n]', 3, 1],
  ['[1,\r\n\t"a]', 2, 2],
  ['', 1, 1],
  ['\n \uFEFF\n  {\n}} \n', 4, 2],
  ['\uFEFF[,]', 1, 2],
  ['\n[', 2, 2],
])('the place is in the message for a log: %j', (text, line, column) => {
  const expected = new RegExp(`^is not JSON at line ${line}, column ${column}: `);
  expect(problemIn(text)).toMatch(expected);
  expect(problemIn(`${pack(text)}\n`)).toMatch(expected);
});

test('the place is in the value as it is stored, with the empty lines before the JSON', async () => {
  const parsed = await parseConfig({ ...besideOthers({}), policy: '\n\n{', revocations: '\n{' }, '1');
  expect('problems' in parsed && parsed.problems.map(({ message }) => message)).toEqual([
    'is not JSON at line 3, column 2: unexpected end of the text',
    'is not JSON at line 2, column 2: unexpected end of the text',
  ]);
});

test('text that is nested too deeply to find its end is not called anything else', () => {
  expect(problemIn('['.repeat(100_000))).toBe('is nested too deeply');
});

test('a packed text may begin and end with what editors add, as any other text', () => {
  expect(parseJson(v.unknown(), pack('\uFEFF{"a": 1}\u00a0\n'))).toEqual({ value: { a: 1 } });
});

test('a message about anything else keeps its words', () => {
  expect(withoutPlace('mode: must be "enforce"')).toBe('mode: must be "enforce"');
});
