import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readMcpMessage } from '../../../../lambda/core/mcp/read-message.ts';
import { readLeniently, type View } from '../../../support/lenient-json.ts';

const HEADERS = [['content-type', 'application/json']] as const;
const read = (text: string) => readMcpMessage({ headers: HEADERS, body: Buffer.from(text) });

/** What JSON libraries do to a member's name before they look it up. */
const NAMINGS: readonly View['name'][] = [
  (name) => name,
  // Go's encoding/json, .NET, and Jackson if configured so.
  (name) => name.toLowerCase(),
  (name) => name.toUpperCase(),
  (name) => name.normalize('NFKC').toLowerCase(),
  // C, where a text ends at the first NUL.
  (name) => name.replace(/\0.*$/s, ''),
  // Libraries that cannot keep half of a surrogate pair.
  (name) => name.replace(/[\ud800-\udfff]/g, ''),
  (name) => name.trim(),
  // Naming strategies that take snake_case and kebab-case for camelCase.
  (name) => name.replace(/[_\s-]/g, '').toLowerCase(),
];

const view: fc.Arbitrary<View> = fc.record({
  member: fc.constantFrom('first', 'last'),
  name: fc.constantFrom(...NAMINGS),
  prototype: fc.boolean(),
  document: fc.constantFrom('first', 'last'),
});

/** One name in all the spellings that some library reads as that name, usually the name itself. */
const spelled = (name: string) =>
  fc.oneof(
    { weight: 25, arbitrary: fc.constant(name) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        name.toUpperCase(),
        `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
        name.toLowerCase(),
        `${name}\0`,
        `${name}\0x`,
        `${name}\ud800`,
        ` ${name}`,
        `_${name}`,
        `${name.slice(0, 1)}_${name.slice(1)}`,
        name.replace('i', '\u0131').replace('s', '\u017f').replace('k', '\u212a'),
        [...name].map((letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)).join(''),
        '__proto__',
      ),
    },
  );

const word = fc.constantFrom('tools/call', 'tools/list', 'delete_all', 'search', 'file:///a');
const json = JSON.stringify;

/** A JSON string with some needless escapes. */
const stringOf = (text: string) =>
  fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }).map((escapes) => {
    const escaped = text.split('').map((unit, at) => {
      const code = unit.charCodeAt(0);
      const must = code < 0x20 || (code >= 0xd800 && code <= 0xdfff) || unit === '"' || unit === '\\';
      return escapes[at] || must ? `\\u${code.toString(16).padStart(4, '0')}` : unit;
    });
    return `"${escaped.join('')}"`;
  });

const memberOf = (name: fc.Arbitrary<string>, value: fc.Arbitrary<string>) =>
  fc.tuple(
    name.chain((text) => fc.oneof(fc.constant(json(text)), stringOf(text))),
    value,
  );
const text = word.chain((one) => fc.oneof(fc.constant(json(one)), stringOf(one)));
const other = fc.constantFrom('1', 'null', '{}', '"x"', '{"name":"delete_all","method":"tools/call"}', '[]');

/** Members in any order; one may be missing or superfluous, and now and then there are too many commas. */
function objectOf(
  spare: fc.Arbitrary<readonly [string, string]>,
  ...members: readonly fc.Arbitrary<readonly [string, string]>[]
) {
  const order = fc.shuffledSubarray([...members.keys()], { minLength: members.length - 1 });
  return fc
    .tuple(
      fc.tuple(...members),
      order,
      fc.option(spare, { freq: 2 }),
      fc.constantFrom('', '', '', '', '', '', ',', ' // x\n', '/* } */'),
    )
    .chain(([all, indexes, more, end]) => {
      const shown = [...indexes.map((index) => all[index]), ...(more === null ? [] : [more])];
      const texts = shown.map((one) => `${one?.[0]}:${one?.[1]}`);
      return fc
        .shuffledSubarray(texts, { minLength: texts.length })
        .map((shuffled) => `{${shuffled.join(',')}${end}}`);
    });
}

const params = objectOf(
  memberOf(
    fc.oneof(spelled('name'), spelled('uri'), spelled('taskId'), fc.constantFrom('x', '__proto__')),
    fc.oneof(text, fc.constant('{"name":"delete_all"}')),
  ),
  memberOf(spelled('name'), text),
  memberOf(fc.constantFrom('arguments', '_meta'), other),
);
const message = objectOf(
  memberOf(
    fc.oneof(fc.constantFrom('id', 'result'), spelled('method'), spelled('params')),
    fc.oneof(text, params),
  ),
  memberOf(fc.constant('jsonrpc'), fc.constant('"2.0"')),
  memberOf(spelled('method'), text),
  memberOf(fc.constant('id'), fc.constantFrom('1', '"a"')),
  memberOf(spelled('params'), fc.oneof(params, params, params, other)),
);
const body = fc.oneof(
  { weight: 10, arbitrary: message },
  { weight: 1, arbitrary: fc.tuple(message, message).map(([one, two]) => `[${one},${two}]`) },
  { weight: 1, arbitrary: fc.tuple(message, message).map(([one, two]) => `${one}\n${two}`) },
  { weight: 1, arbitrary: message.map((one) => `\ufeff${one}`) },
);

/**
 * Which of `name`, `uri` and `taskId` a server reads: none in a response or a list, and all of them in a method of
 * its own.
 */
function namesRead(method: string | undefined, names: readonly unknown[]): readonly unknown[] {
  if (method === undefined || method === 'tools/list') return [];
  return method === 'tools/call' ? names.slice(0, 1) : names;
}

test('every JSON parser finds the same method and name in a message as the one decided on', () => {
  let taken = 0;
  fc.assert(
    fc.property(body, view, (sent, reader) => {
      const reading = read(sent);
      if ('problem' in reading) return;
      taken += 1;
      const { method, name, naming } = reading.message;
      const lenient = readLeniently(sent, reader);
      expect(lenient?.method).toBe(method);
      const names = namesRead(method, lenient?.names ?? []).filter((one) => one !== undefined);
      expect(names).toEqual(naming === undefined ? [] : [name]);
    }),
    { numRuns: 20_000 },
  );
  expect(taken).toBeGreaterThan(500);
});

test('a message is read whatever else it contains, and however its characters are escaped', () => {
  const honest = fc.record({ method: fc.string({ unit: 'grapheme', minLength: 1 }), rest: fc.jsonValue() });
  fc.assert(
    fc.property(honest, fc.boolean(), ({ method, rest }, pretty) => {
      fc.pre(!/\p{Cc}/u.test(method));
      const sent = { jsonrpc: '2.0', id: 1, method, params: { arguments: rest, name: 'x' } };
      const reading = read(JSON.stringify(sent, null, pretty ? 2 : 0));
      expect(reading).toEqual({ message: { method, name: 'x', naming: 'name' } });
    }),
  );
});
