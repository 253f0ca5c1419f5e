import { beforeEach, describe, expect, test } from '@jest/globals';
import type { TestRequest } from '../../support/alb-event.ts';
import { underAttack } from '../../support/attack.ts';
import { createKey } from '../../support/keys.ts';
import { posted, rpc } from '../../support/mcp.ts';
import { expectRejected } from '../../support/rejection.ts';
import { claimsOf, mint } from '../../support/tokens.ts';

const attack = underAttack(createKey('ES256'));
const token = mint(attack.key, claimsOf({ scope: 'read' }));

beforeEach(() => {
  attack.world.parameters.policy = JSON.stringify({
    routes: [
      { path: '/mcp', mcp: { method: 'tools/call', name: 'delete_all' }, scopes: ['admin'] },
      { path: '/mcp', mcp: { method: '*' }, scopes: ['read'] },
      { path: '/mcp', methods: ['POST'], scopes: ['read'] },
    ],
  });
});

const CALL = rpc('tools/call', { name: 'delete_all' });
const text = (message: object = CALL) => JSON.stringify(message);

describe('a caller never reaches a tool that it may not call', () => {
  test.each<[string, TestRequest, string]>([
    ['by its name', posted(CALL), 'scope_missing'],
    ['under the headers of tools/list', posted(CALL, { 'mcp-method': 'tools/list' }), 'mcp_request_invalid'],
    ['under another name in a header', posted(CALL, { 'mcp-name': 'search' }), 'mcp_request_invalid'],
    [
      'under headers in another spelling',
      posted(rpc('tools/list'), { Mcp_Method: 'tools/call', Mcp_Name: 'delete_all' }),
      'mcp_request_invalid',
    ],
    [
      'under two headers',
      posted(rpc('tools/list'), { 'mcp-method': ['tools/list', 'tools/call'] }),
      'mcp_request_invalid',
    ],
    ['in a batch', posted(`[${text(rpc('ping'))},${text()}]`), 'mcp_request_invalid'],
    ['in a batch of one', posted(`[${text()}]`), 'mcp_request_invalid'],
    ['after another message', posted(`${text(rpc('ping'))}\n${text()}`), 'mcp_request_invalid'],
    [
      'by a second method',
      posted('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"name":"delete_all"},"method":"tools/call"}'),
      'mcp_request_invalid',
    ],
    [
      'by a second method with a capital, as Go reads it',
      posted('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"name":"delete_all"},"Method":"tools/call"}'),
      'mcp_request_invalid',
    ],
    [
      'by a second name with an escape',
      posted(
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","n\\u0061me":"delete_all"}}',
      ),
      'mcp_request_invalid',
    ],
    [
      'by an escape in the name',
      posted('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete\\u005fall"}}'),
      'scope_missing',
    ],
    [
      'by a prototype',
      posted('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"__proto__":{"name":"delete_all"}}}'),
      'mcp_request_invalid',
    ],
    [
      'in a response that is a request, too',
      posted('{"jsonrpc":"2.0","id":1,"result":{},"method":"tools/call","params":{"name":"delete_all"}}'),
      'mcp_request_invalid',
    ],
    ['in UTF-16', posted(Buffer.from(text(), 'utf16le')), 'mcp_request_invalid'],
    [
      'in UTF-7',
      posted(text(rpc('+AHQ-ools/call', { name: 'x' })), {
        'content-type': 'application/json; charset=utf-7',
      }),
      'mcp_request_invalid',
    ],
    ['compressed', posted(text(rpc('ping')), { 'content-encoding': 'gzip' }), 'mcp_request_invalid'],
    ['in a form', posted(text(), { 'content-type': 'text/plain' }), 'mcp_request_invalid'],
    ['after a byte order mark', posted(`\ufeff${text()}`), 'mcp_request_invalid'],
    ['in base64', posted(Buffer.from(text())), 'scope_missing'],
    ['on a path with a slash at its end', { ...posted(CALL), target: '/mcp/' }, 'scope_missing'],
    ['on a path in other case', { ...posted(CALL), target: '/MCP' }, 'path_invalid'],
    ['by PUT that says it is a POST', posted(CALL, { 'x-http-method-override': 'GET' }), 'scope_missing'],
  ])('%s', async (_, request, code) => {
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const response = await attack.world.call({ ...request, headers });
    expectRejected(response, code as never, { ...attack, secrets: [token] });
  });
});

test('a caller cannot get a forbidden list by adding a name that lists do not have', async () => {
  attack.world.parameters.policy = JSON.stringify({
    routes: [
      { path: '/mcp', mcp: { method: '*', name: 'public_*' } },
      { path: '/mcp', mcp: { method: '*' }, scopes: ['admin'] },
    ],
  });
  for (const method of ['tools/list', 'prompts/list', 'completion/complete', 'initialize', 'ping']) {
    const request = posted(rpc(method, { name: 'public_x' }));
    const response = await attack.world.present(token, request);
    expectRejected(response, 'scope_missing', { ...attack, secrets: [token] });
  }
});

test('the upstream gets the body that was decided on, byte for byte', async () => {
  const body = Buffer.from(
    ` {"id":1e0, "jsonrpc":"2.0",\n "method":"tools\\/call","params":{"name":"s\\u0065arch"}} `,
  );
  await attack.expectAcceptedToken(token, posted(body));
  expect(attack.upstream.received[0]?.body).toEqual(body);
});

test('the log contains nothing from a rejected message', async () => {
  for (const message of [
    '{"secret":1}',
    '[{"jsonrpc":"2.0","method":"secret"}]',
    rpc('x', { Name: 'secret' }),
  ]) {
    await attack.world.present(token, posted(message));
    expect(attack.world.decisions.at(-1)).toMatchObject({ code: 'mcp_request_invalid', route: '/mcp' });
    expect(JSON.stringify(attack.world.decisions.at(-1))).not.toContain('secret');
  }
});
