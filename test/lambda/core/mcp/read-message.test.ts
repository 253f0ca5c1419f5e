import { describe, expect, test } from '@jest/globals';
import type { HeaderList } from '../../../../lambda/core/http/message.ts';
import { readMcpMessage } from '../../../../lambda/core/mcp/read-message.ts';
import { rpc } from '../../../support/mcp.ts';

const JSON_TYPE: HeaderList = [['content-type', 'application/json']];
const read = (body: string | Uint8Array, headers: HeaderList = JSON_TYPE) =>
  readMcpMessage({ headers, body: typeof body === 'string' ? Buffer.from(body) : body });
const problemOf = (...args: Parameters<typeof read>) => {
  const reading = read(...args);
  return 'problem' in reading ? reading.problem : undefined;
};

const CALL = JSON.stringify(rpc('tools/call', { name: 'search', arguments: {} }));

describe('a message is read', () => {
  test.each([
    ['tools/call', { name: 'search' }, 'search', 'name'],
    ['prompts/get', { name: 'review', arguments: { name: 'x' } }, 'review', 'name'],
    ['resources/read', { uri: 'file:///a' }, 'file:///a', 'uri'],
    ['tasks/get', { taskId: '1' }, '1', 'taskId'],
    ['completion/complete', { ref: { name: 'x' }, argument: { name: 'y', value: '' } }, undefined, undefined],
    ['tools/list', {}, undefined, undefined],
    ['tools/list', { name: 'search' }, undefined, undefined],
    ['tools/call', { uri: 'search' }, undefined, undefined],
    ['com.example/ask', { name: 'search' }, 'search', 'name'],
    ['tools/list', null, undefined, undefined],
    ['ping', undefined, undefined, undefined],
  ])('%s with %j is for %j', (method, params, name, naming) => {
    expect(read(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }))).toEqual({
      message: { method, name, naming },
    });
  });

  test('with white space around it, in any Content-Type that is JSON in UTF-8', () => {
    for (const type of [
      'application/json',
      'Application/JSON',
      'application/json; charset=utf-8',
      'application/json;charset="UTF-8"',
    ]) {
      expect(problemOf(` \r\n${CALL}\n`, [['content-type', type]])).toBeUndefined();
    }
  });

  test('as a response, which has no method', () => {
    for (const member of [{ result: {} }, { error: { code: 1, message: 'x' } }]) {
      const message = { method: undefined, name: undefined, naming: undefined };
      expect(read(JSON.stringify({ jsonrpc: '2.0', id: 1, ...member }))).toEqual({ message });
    }
  });

  test('with 100,000 levels of nesting and a megabyte of backslashes in its arguments', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const long = JSON.stringify('\\'.repeat(500_000));
    for (const value of [deep, long, '"\\\\\\""', '"}],{"']) {
      const text = `{"jsonrpc":"2.0","method":"a","params":{"arguments":${value},"name":"b"}}`;
      expect(read(text)).toEqual({ message: { method: 'a', name: 'b', naming: 'name' } });
    }
  });
});

describe('no message is read', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', 'hello'],
    ['two documents', `${CALL}${CALL}`],
    ['lines of documents', `${CALL}\n${CALL}`],
    ['a comment', `${CALL}//`],
    ['an additional comma', CALL.replace('}}', '},}')],
    ['single quotes', CALL.replaceAll('"', "'")],
    ['NaN', CALL.replace('"id":1', '"id":NaN')],
    ['a byte order mark', `\ufeff${CALL}`],
    ['a batch', `[${CALL}]`],
    ['an empty batch', '[]'],
    ['a text', '"tools/call"'],
    ['null', 'null'],
    ['another version', CALL.replace('2.0', '1.0')],
    ['no version', CALL.replace('"jsonrpc":"2.0",', '')],
    ['no method and no result', '{"jsonrpc":"2.0","id":1}'],
    ['method and result', '{"jsonrpc":"2.0","id":1,"method":"a","result":{}}'],
    ['method and error', '{"jsonrpc":"2.0","id":1,"method":"a","error":null}'],
    ['result and params', '{"jsonrpc":"2.0","id":1,"result":{},"params":{}}'],
    ['a method that is not a text', '{"jsonrpc":"2.0","method":["a"]}'],
    ['a method that is null', '{"jsonrpc":"2.0","method":null,"result":{}}'],
    ['an empty method', '{"jsonrpc":"2.0","method":""}'],
    ['a method that is too long', JSON.stringify(rpc('a'.repeat(2049)))],
    ['a name that is too long', JSON.stringify(rpc('a', { name: 'a'.repeat(2049) }))],
    ['a member with a name that is too long', JSON.stringify(rpc('a', { ['a'.repeat(129)]: 1 }))],
    ['a method with a NUL', '{"jsonrpc":"2.0","method":"tools/list\\u0000x"}'],
    ['a method with half a surrogate pair', '{"jsonrpc":"2.0","method":"tools/list\\ud800"}'],
    ['params in a list', '{"jsonrpc":"2.0","method":"a","params":["search"]}'],
    ['params in a text', '{"jsonrpc":"2.0","method":"a","params":"search"}'],
    ['a name that is not a text', '{"jsonrpc":"2.0","method":"a","params":{"name":{"a":1}}}'],
    ['a name that is null', '{"jsonrpc":"2.0","method":"a","params":{"name":null}}'],
    ['a name and a URI', '{"jsonrpc":"2.0","method":"a","params":{"name":"a","uri":"b"}}'],
    ['method twice', '{"jsonrpc":"2.0","method":"a","method":"a"}'],
    ['method twice, once escaped', '{"jsonrpc":"2.0","method":"a","m\\u0065thod":"b"}'],
    ['params twice', '{"jsonrpc":"2.0","method":"a","params":{},"params":{"name":"b"}}'],
    ['name twice', '{"jsonrpc":"2.0","method":"a","params":{"name":"a","name":"b"}}'],
    ['Method', '{"jsonrpc":"2.0","method":"a","Method":"b"}'],
    ['Params', '{"jsonrpc":"2.0","method":"a","Params":{"name":"b"}}'],
    ['Name', '{"jsonrpc":"2.0","method":"a","params":{"Name":"b"}}'],
    ['URI', '{"jsonrpc":"2.0","method":"a","params":{"URI":"b"}}'],
    ['task_id', '{"jsonrpc":"2.0","method":"a","params":{"task_id":"b"}}'],
    ['name with a NUL', '{"jsonrpc":"2.0","method":"a","params":{"name\\u0000":"b"}}'],
    ['__proto__', '{"jsonrpc":"2.0","method":"a","params":{"__proto__":{"name":"b"}}}'],
    ['__proto__ of the message', '{"jsonrpc":"2.0","result":{},"__proto__":{"method":"b"}}'],
    ['a member that JSON-RPC does not define', '{"jsonrpc":"2.0","method":"a","extra":1}'],
    [
      'too many members',
      JSON.stringify(rpc('a', Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`a${at}`, 1])))),
    ],
  ])('with %s', (_, body) => {
    expect(problemOf(body)).toEqual(expect.any(String));
  });

  test.each([
    ['UTF-16', Buffer.from(CALL, 'utf16le')],
    ['Latin-1', Buffer.from(CALL.replace('search', 'caf\u00e9'), 'latin1')],
    ['an overlong form', Buffer.concat([Buffer.from(CALL), Buffer.of(0xc0, 0xa2)])],
    ['half a surrogate pair in bytes', Buffer.from(CALL.replace('search', '\u00ed\u00a0\u0080'), 'latin1')],
  ])('in %s', (_, body) => {
    expect(problemOf(body)).toEqual(expect.any(String));
  });

  test.each<[string, HeaderList]>([
    ['no Content-Type', []],
    ['text', [['content-type', 'text/plain']]],
    ['a form', [['content-type', 'application/x-www-form-urlencoded']]],
    ['UTF-7', [['content-type', 'application/json; charset=utf-7']]],
    ['UTF-16', [['content-type', 'application/json; charset=utf-16']]],
    ['two charsets', [['content-type', 'application/json; charset=utf-8; charset=utf-16']]],
    ['two types', [...JSON_TYPE, ...JSON_TYPE]],
    ['a type in another spelling', [...JSON_TYPE, ['content_type', 'text/plain']]],
    ['gzip', [...JSON_TYPE, ['content-encoding', 'gzip']]],
    ['identity', [...JSON_TYPE, ['content-encoding', 'identity']]],
    ['an encoding in another spelling', [...JSON_TYPE, ['content_encoding', 'gzip']]],
  ])('with a header of %s', (_, headers) => {
    expect(problemOf(CALL, headers)).toEqual(expect.any(String));
  });
});

describe('Mcp-Method and Mcp-Name', () => {
  const mirrored = (fields: HeaderList, body = CALL) => problemOf(body, [...JSON_TYPE, ...fields]);
  const encoded = (name: string) => `=?base64?${Buffer.from(name).toString('base64')}?=`;
  const naming = (name: string) => JSON.stringify(rpc('tools/call', { name }));

  test.each<[string, HeaderList]>([
    [
      'both',
      [
        ['mcp-method', 'tools/call'],
        ['mcp-name', 'search'],
      ],
    ],
    ['one', [['mcp-name', 'search']]],
    ['an encoded name', [['mcp-name', encoded('search')]]],
    [
      'others beside them',
      [
        ['mcp-protocol-version', '2026-07-28'],
        ['mcp-param-region', 'x'],
        ['mcp-session-id', '1'],
      ],
    ],
  ])('may be present: %s', (_, fields) => {
    expect(mirrored(fields)).toBeUndefined();
  });

  test.each<[string, HeaderList]>([
    ['another method', [['mcp-method', 'tools/list']]],
    ['a method in other case', [['mcp-method', 'Tools/Call']]],
    ['an encoded method', [['mcp-method', encoded('tools/call')]]],
    ['another name', [['mcp-name', 'delete_all']]],
    ['an empty name', [['mcp-name', '']]],
    ['an encoded name that is another', [['mcp-name', encoded('delete_all')]]],
    ['markers in other case', [['mcp-name', encoded('search').replace('base64', 'BASE64')]]],
    ['base64 that is not UTF-8', [['mcp-name', '=?base64?/w==?=']]],
    [
      'the method twice',
      [
        ['mcp-method', 'tools/call'],
        ['mcp-method', 'tools/call'],
      ],
    ],
    [
      'the name twice',
      [
        ['mcp-name', 'search'],
        ['mcp-name', 'search'],
      ],
    ],
    ['Mcp_Method', [['mcp_method', 'tools/call']]],
    ['mcp.name', [['mcp.name', 'search']]],
  ])('must repeat the body, once and in one spelling: %s', (_, fields) => {
    expect(mirrored(fields)).toEqual(expect.any(String));
  });

  test('contain an encoded name if no field can carry it, or if it looks encoded', () => {
    for (const name of ['Stra\u00dfe', ' padded ', encoded('search')]) {
      expect(mirrored([['mcp-name', encoded(name)]], naming(name))).toBeUndefined();
    }
    expect(mirrored([['mcp-name', encoded('search')]], naming(encoded('search')))).toEqual(
      expect.any(String),
    );
  });

  test('are encoded in one way, with padding', () => {
    expect(mirrored([['mcp-name', '=?base64?YQ==?=']], naming('a'))).toBeUndefined();
    for (const text of ['YQ', 'YR==', 'YQ==\n', ' YQ==', 'Y Q==']) {
      expect(mirrored([['mcp-name', `=?base64?${text}?=`]], naming('a'))).toEqual(expect.any(String));
    }
  });

  test('are absent if the body names nothing', () => {
    const list = JSON.stringify(rpc('tools/list'));
    expect(mirrored([['mcp-name', 'search']], list)).toEqual(expect.any(String));
    const response = '{"jsonrpc":"2.0","id":1,"result":{}}';
    expect(mirrored([['mcp-method', 'tools/call']], response)).toEqual(expect.any(String));
  });

  test('contain the id of a task', () => {
    const body = JSON.stringify(rpc('tasks/get', { taskId: '7' }));
    expect(
      mirrored(
        [
          ['mcp-method', 'tasks/get'],
          ['mcp-name', '7'],
        ],
        body,
      ),
    ).toBeUndefined();
  });
});

test('a problem repeats nothing of the body', () => {
  const secret = 'eyJhbGciOiJIUzI1NiJ9';
  for (const body of [
    secret,
    `{"${secret}":1}`,
    JSON.stringify(rpc(`${secret}\0`)),
    `{"jsonrpc":"${secret}"}`,
  ]) {
    expect(problemOf(body)).not.toContain(secret);
  }
});
