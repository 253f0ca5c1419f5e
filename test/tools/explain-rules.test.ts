import { expect, test } from '@jest/globals';
import type { ClaimRule } from '../../lambda/core/claim-rules.ts';
import { ruleHints } from '../../tools/explain/rule-hints.ts';

const hints = (value: unknown, rule: ClaimRule) =>
  ruleHints(value === undefined ? {} : { roles: value }, [['roles', rule]]);

test('a rule that holds needs no hint', () => {
  expect(hints(['a'], { anyOf: ['a'], noneOf: ['b'] })).toEqual([]);
});

test('the first hint has the rule and the claim, and names the members that are not met', () => {
  expect(hints(['a', 'b'], { anyOf: ['a'], allOf: ['c'], noneOf: ['b'] })[0]).toBe(
    'the rule for "roles" is {"anyOf":["a"],"allOf":["c"],"noneOf":["b"]} (not met: "allOf" and "noneOf"); the token has ["a","b"]',
  );
  expect(hints(undefined, { anyOf: ['a'] })).toEqual([
    'the rule for "roles" is {"anyOf":["a"]}; the token has none',
  ]);
});

test.each<[string, unknown, ClaimRule, string[]]>([
  [
    'a list under equals',
    ['a', 'b'],
    { equals: 'a' },
    ['the claim is a list: "contains" and "anyOf" look into it'],
  ],
  [
    'one text under allOf',
    'a',
    { allOf: ['a'] },
    [
      '"allOf" is for lists only: "equals" and "anyOf" are for a single value, "contains" for a string of several words',
    ],
  ],
  ['a list that lacks some', ['a', 'b'], { allOf: ['a', 'c', 'd'] }, ['the list lacks "c" and "d"']],
  ['what is excluded', ['a', 'b'], { noneOf: ['b', 'c'] }, ['"noneOf" excludes "b"']],
  [
    'a missing claim under noneOf',
    undefined,
    { noneOf: ['a'] },
    ['a missing claim does not meet "noneOf": have the issuer send at least an empty list'],
  ],
  [
    'null under noneOf',
    null,
    { noneOf: ['a'] },
    [
      '"noneOf" takes strings, numbers, booleans and lists of them only, and cannot tell what null stands for',
    ],
  ],
  [
    'an object under noneOf',
    ['x', { name: 'a' }],
    { noneOf: ['a'] },
    [
      '"noneOf" takes strings, numbers, booleans and lists of them only, and cannot tell what {"name":"a"} stands for',
    ],
  ],
  [
    'a large number in a list',
    [2 ** 60],
    { noneOf: [1] },
    ['a number is beyond 2^53, where JSON is no longer exact: have the issuer send it as a string'],
  ],
  ['another type', ['5'], { anyOf: [5] }, ['the types differ: 5 is not "5"']],
  ['another type in a text of words', '5 6', { contains: 5 }, ['the types differ: 5 is not "5"']],
  [
    'another case',
    ['Admin'],
    { contains: 'admin' },
    ['it has "admin" in different case: claims are compared exactly'],
  ],
  [
    'a text of several words',
    'a b',
    { anyOf: ['b'] },
    ['the claim is a string of several words: "contains" looks for one of them'],
  ],
  ['a text with commas', 'a, b', { contains: 'b' }, []],
  [
    'a text with commas and no list',
    'a,b',
    { contains: 'b' },
    ['the claim is one string with commas, and is not split at them: have the issuer send a list'],
  ],
  ['a value that is merely different', ['x'], { anyOf: ['a'] }, []],
  ['nested lists', [['a']], { anyOf: ['a'] }, []],
])('after the first, the hint for %s', (_, value, rule, expected) => {
  expect(hints(value, rule).slice(1)).toEqual(expected);
});
