import { expect, test } from '@jest/globals';
import { uriProblem } from '../../../../lambda/core/mcp/uri-problem.ts';
import { createKey } from '../../../support/keys.ts';
import { codeOf, posted, rpc } from '../../../support/mcp.ts';
import { createWorld } from '../../../support/world.ts';

test.each([
  'file:///projects/app/config.json',
  'https://example.com/a?url=https://other//x#//',
  'urn:example:a:b',
  'ui://widget/main.html',
  'postgres://db/schema/table',
  'file:///a%20b/%E4%B8%96',
  'notes://...',
])('%s is one resource', (uri) => {
  expect(uriProblem(uri)).toBeUndefined();
});

test.each([
  'file:///public/../secret',
  'file:///public/%2e%2e/secret',
  'file:///public/%252e%252e/secret',
  'file:///public/..%2Fsecret',
  'file:///public/./x',
  'file:///public\\..\\secret',
  'file:///public%5Csecret',
  'file:////secret',
  'file:///public//x',
  'file:///%70ublic',
  'file:///%2570ublic',
  'file:///public/x%00.txt',
])('%s could be another resource', (uri) => {
  expect(uriProblem(uri)).toEqual(expect.any(String));
});

test('a text that is escaped again and again is decoded only a few times', () => {
  expect(uriProblem(`file:///%${'25'.repeat(100)}20`)).toEqual(expect.any(String));
  expect(uriProblem('file:///a%252520b')).toBeUndefined();
});

test.each([
  'FILE:///secret/a',
  'file:/secret/a',
  'file:secret/a',
  ' file:///secret/a',
  'file://localhost/secret/a',
  'file:///secret%2Fa',
  'file:///secret%252Fa',
  'fi%6ce:///secret/a',
])('a resource cannot slip past its route as %j', async (uri) => {
  const world = createWorld(createKey());
  world.parameters.policy = JSON.stringify({
    routes: [
      { path: '/mcp', mcp: { method: 'resources/*', name: 'file:///secret/*' }, scopes: ['admin'] },
      { path: '/mcp', mcp: { method: 'resources/read' } },
    ],
  });
  expect(await codeOf(world, posted(rpc('resources/read', { uri })))).toBe('mcp_request_invalid');
});

test('a resource with other spellings matches the route whose pattern has its own', async () => {
  const world = createWorld(createKey());
  for (const uri of ['docs://Public/a%20b', 'docs://public/é', 'HTTP://public', 'http://public?a=%2F']) {
    world.parameters.policy = JSON.stringify({
      unmatched: 'deny',
      routes: [
        { path: '/mcp', mcp: { method: 'resources/read', name: 'docs://other/*' }, scopes: ['admin'] },
        { path: '/mcp', mcp: { method: 'resources/read', name: uri } },
      ],
    });
    world.advance(60);
    expect(await codeOf(world, posted(rpc('resources/read', { uri })))).toBe('allowed');
  }
});

test('a URI counts only if the policy has names', async () => {
  const world = createWorld(createKey());
  const read = posted(rpc('resources/read', { uri: 'file:///public/../secret' }));
  world.parameters.policy =
    '{"routes":[{"path":"/mcp","mcp":{"method":"resources/read","name":"file:///public/*"}}]}';
  expect(await codeOf(world, read)).toBe('mcp_request_invalid');
  world.parameters.policy = '{"routes":[{"path":"/mcp","mcp":{"method":"resources/read"}}]}';
  world.advance(60);
  expect(await codeOf(world, read)).toBe('allowed');
});
