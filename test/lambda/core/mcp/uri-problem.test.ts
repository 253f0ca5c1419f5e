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

test('what is escaped again and again is looked at a few times only', () => {
  expect(uriProblem(`file:///%${'25'.repeat(100)}20`)).toEqual(expect.any(String));
  expect(uriProblem('file:///a%252520b')).toBeUndefined();
});

test('a URI counts only where the policy has names', async () => {
  const world = createWorld(createKey());
  const read = posted(rpc('resources/read', { uri: 'file:///public/../secret' }));
  world.parameters.policy =
    '{"routes":[{"path":"/mcp","mcp":{"method":"resources/read","name":"file:///public/*"}}]}';
  expect(await codeOf(world, read)).toBe('mcp_request_invalid');
  world.parameters.policy = '{"routes":[{"path":"/mcp","mcp":{"method":"resources/read"}}]}';
  world.advance(60);
  expect(await codeOf(world, read)).toBe('allowed');
});
