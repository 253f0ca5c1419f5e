import { beforeEach, expect, test } from '@jest/globals';
import { httpApiV2Event, restRequestEvent } from '../../support/authorizer-events.ts';
import { createKey } from '../../support/keys.ts';
import { MCP, MCP_DOCUMENT, under } from '../../support/resources.ts';
import { mint } from '../../support/tokens.ts';
import { createWorld, type World } from '../../support/world.ts';

const KEY = createKey();
const TOKEN = `Bearer ${mint(KEY)}`;

let world: World;
beforeEach(() => {
  world = createWorld(KEY);
});

const at = (rawPath: string, token?: string) => httpApiV2Event(token, { rawPath });

test('an authorizer answers nothing, so documents are paths like all others to it', async () => {
  under(world, { unmatched: 'deny', routes: [{ path: '/mcp/*' }], resources: [MCP] });
  expect(await world.ask(at(MCP_DOCUMENT))).toEqual({
    isAuthorized: false,
    context: { code: 'route_missing' },
  });
  under(world, {
    routes: [{ path: '/.well-known/*', onUnauthenticatedRequest: 'allow' }, { path: '/mcp/*' }],
    resources: [MCP],
  });
  expect(await world.ask(at(MCP_DOCUMENT))).toEqual({ isAuthorized: true, context: {} });
});

test('an authorizer holds pages to the origins of a resource', async () => {
  under(world, { resources: [{ ...MCP, allowedOrigins: ['https://app.example.com'] }] });
  const from = (origin: string) => {
    const event = at('/mcp', TOKEN);
    return { ...event, headers: { ...event.headers, origin } };
  };
  expect(await world.ask(from('https://app.example.com'))).toMatchObject({ isAuthorized: true });
  expect(await world.ask(from('https://evil.example'))).toEqual({
    isAuthorized: false,
    context: { code: 'origin_not_allowed' },
  });
});

test('resources alone have an Allow name just the request, since another one may be refused', async () => {
  under(world, { resources: [{ ...MCP, allowedOrigins: ['https://app.example.com'] }] });
  const event = restRequestEvent(TOKEN);
  expect(await world.ask(event)).toMatchObject({
    policyDocument: { Statement: [{ Effect: 'Allow', Resource: event.methodArn }] },
  });
});
