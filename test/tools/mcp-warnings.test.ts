import { describe, expect, test } from '@jest/globals';
import { checkParameters } from '../../tools/check-config/check.ts';
import { completeParameters } from '../../tools/check-config/complete-parameters.ts';

async function warned(routes: object[], policy: object = { unmatched: 'deny' }) {
  const values = completeParameters({ policy: JSON.stringify({ ...policy, routes }) });
  const { problems, warnings } = await checkParameters(values, {});
  expect(problems).toEqual([]);
  return warnings.map(({ kind, message }) => `${kind}: ${message}`);
}

const others = { path: '/mcp', methods: ['GET', 'DELETE'] };
const list = { path: '/mcp', mcp: { method: 'tools/list' }, scopes: ['read'] };
const call = { path: '/mcp', mcp: { method: 'tools/call', name: 'search' }, scopes: ['read'] };

test('MCP routes that name their methods and leave none open cause no warning', async () => {
  expect(await warned([list, call, others])).toEqual([]);
});

describe('warns about', () => {
  test('a name for any method', async () => {
    expect(await warned([{ ...call, mcp: { name: 'search' } }, list, others])).toEqual([
      expect.stringMatching(
        /^mcp-name-of-any-method: routes\.0 \(\/mcp for \* search\) matches the name in every method/,
      ),
    ]);
  });

  test('a denied DELETE to the endpoint, once for each path', async () => {
    expect(await warned([list, call])).toEqual([
      expect.stringMatching(/^mcp-no-delete: routes\.0 \(\/mcp for tools\/list\) is for POST only/),
    ]);
    expect(await warned([list, { ...call, path: '/other' }])).toHaveLength(2);
  });

  test('methods for which any token is enough', async () => {
    expect(await warned([list, call], { unmatched: 'authenticate' })).toEqual([
      expect.stringMatching(
        /^mcp-methods-for-less: .* GET, PUT, PATCH and DELETE to its path match no route/,
      ),
    ]);
  });

  test('methods that match a route with weaker requirements', async () => {
    expect(await warned([list, call, { path: '/mcp' }])).toEqual([
      expect.stringMatching(/^method-for-less: routes\.0 .* DELETE go to routes\.2 \(\/mcp\)/),
      expect.stringMatching(/^method-for-less: routes\.1/),
    ]);
  });

  test.each([
    ['tool/call', 'tools/call'],
    ['Tools/Call', 'tools/call'],
    ['tools-call', 'tools/call'],
    ['resource/*', 'resources/*'],
  ])('the method %s, which MCP does not have', async (method, meant) => {
    const misspelt = { path: '/mcp', mcp: { method }, scopes: ['read'] };
    expect(await warned([misspelt, others])).toEqual([
      expect.stringMatching(
        new RegExp(`^mcp-method-misspelt: .*: did you mean ${meant.replace('*', '\\*')}\\?`),
      ),
    ]);
    expect(await warned([{ ...misspelt, mcp: { method: 'com.example/export' } }, others])).toEqual([]);
  });

  test('header fields that could turn another method into a POST, once', async () => {
    expect(await warned([list, call, others], { unmatched: 'deny', keepOverrides: true })).toEqual([
      expect.stringMatching(/^mcp-overrides: routes\.0 .* X-HTTP-Method-Override: POST/),
    ]);
  });

  test('a name for a method that has none', async () => {
    const named = { path: '/mcp', mcp: { method: 'tools/l*', name: 'search' } };
    expect(await warned([named, others])).toEqual([
      'mcp-name-of-none: routes.0 (/mcp for tools/l* search) matches no message, as tools/list has no name: leave "name" out',
    ]);
    expect(await warned([{ ...named, mcp: { method: 'tools/*', name: 'search' } }, others])).toEqual([]);
  });

  test('messages for which any token is enough', async () => {
    const policy = { routes: [call, others] };
    const { warnings } = await checkParameters(completeParameters({ policy: JSON.stringify(policy) }), {});
    expect(warnings.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('whose path, method or MCP message matches no route'),
    );
  });

  test('a list of tools that requires less than one of them', async () => {
    const strict = { ...call, claims: { role: { equals: 'admin' } } };
    expect(await warned([list, strict, others])).toEqual([
      expect.stringMatching(
        /^mcp-tools-listed: routes\.0 .*: tools\/list asks for less than tools\/call of search/,
      ),
    ]);
    expect(await warned([call, { path: '/mcp', mcp: { method: '*' } }, others])).toEqual([
      expect.stringMatching(/^mcp-tools-listed/),
    ]);
  });
});
