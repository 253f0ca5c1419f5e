import { json } from '@codemirror/lang-json';
import { EditorState } from '@codemirror/state';
import { expect, test } from '@jest/globals';
import { nameAt, slotAt, typeAt } from '../../../../local/playground/page/json-position.ts';

/** The state of a document without its |, and the position of the |. */
function marked(text: string): [EditorState, number] {
  const doc = text.replace('|', '');
  return [EditorState.create({ doc, extensions: [json()] }), text.indexOf('|')];
}

test.each([
  ['{ | }', { kind: 'name', path: [], present: [] }],
  ['{ "a": 1, | }', { kind: 'name', path: [], present: ['a'] }],
  ['{ "a": 1, "b|', { kind: 'name', path: [], present: ['a'] }],
  ['{ "ro|": [] }', { kind: 'name', path: [], present: [] }],
  ['{ "a": | }', { kind: 'value', path: ['a'] }],
  ['{ "a": "x|" }', { kind: 'value', path: ['a'] }],
  ['{ "a": "|', { kind: 'value', path: ['a'] }],
  ['{ "r": [{ "p": 1 }, { "q": | }] }', { kind: 'value', path: ['r', 1, 'q'] }],
  ['{ "r": [{ | }] }', { kind: 'name', path: ['r', 0], present: [] }],
  ['{ "r": ["a", |] }', { kind: 'value', path: ['r', 1] }],
  ['{ "r": ["|"] }', { kind: 'value', path: ['r', 0] }],
  ['{ "r": {}, | }', { kind: 'name', path: [], present: ['r'] }],
  ['|', undefined],
  ['{} |', undefined],
])('finds what can be written in %s', (text, expected) => {
  expect(slotAt(...marked(text))).toEqual(expected);
});

test('finds the path of a name, in lists too', () => {
  expect(nameAt(...marked('{ "r": [1, { "|pq": 2 }] }'))).toEqual({ path: ['r', 1, 'pq'], from: 13, to: 17 });
  expect(nameAt(...marked('{ "r": "|x" }'))).toBeUndefined();
});

test('finds the "type" of an object that has one', () => {
  const [state] = marked(
    '{ "type": "top", "p": { "x": { "type": "jwks" }, "y": { "type": 1 } }, "l": [{ "type": "z" }] }',
  );
  expect([[], ['p', 'x'], ['l', 0]].map((path) => typeAt(state, path))).toEqual(['top', 'jwks', 'z']);
  expect([['p'], ['p', 'y'], ['no'], ['l', 1]].map((path) => typeAt(state, path))).toEqual(
    Array(4).fill(undefined),
  );
});
