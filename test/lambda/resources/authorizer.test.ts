import { beforeEach, expect, test } from '@jest/globals';
import {
  appSyncEvent,
  httpApiV1Event,
  httpApiV2Event,
  OWN_DOMAIN,
  restRequestEvent,
  restTokenEvent,
} from '../../support/authorizer-events.ts';
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

test('an authorizer serves nothing, so it treats documents like all other paths', async () => {
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

test('an authorizer enforces the origins of a resource', async () => {
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

test('a path that may belong to a resource, depending on the stage, is rejected', async () => {
  under(world, {
    routes: [{ path: '/*' }],
    resources: [{ ...MCP, allowedOrigins: ['https://app.example.com'] }],
  });
  const requestContext = { apiId: 'abcdef123', domainName: OWN_DOMAIN, stage: 'mcp' };
  const methodArn = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/mcp/$default';
  await world.ask(httpApiV1Event(TOKEN, { path: '/mcp/x', methodArn, requestContext }), 'iam');
  expect(world.decisions.at(-1)?.code).toBe('path_invalid');
  await world.ask(httpApiV1Event(TOKEN, { path: '/mcp/mcp/x', methodArn, requestContext }), 'iam');
  expect(world.decisions.at(-1)?.code).toBe('allowed');
});

test('an authorizer that does not get the Origin lets nothing through if some origins are not allowed', async () => {
  const codesFor = async (resource: object) => {
    under(world, { resources: [{ ...MCP, path: '/*', ...resource }] });
    const results = [await world.ask(restTokenEvent(TOKEN)), await world.ask(appSyncEvent(TOKEN))];
    expect(results).toHaveLength(2);
    return world.decisions.splice(0).map(({ code }) => code);
  };
  expect(await codesFor({ allowedOrigins: ['https://app.example.com'] })).toEqual([
    'origin_not_allowed',
    'origin_not_allowed',
  ]);
  expect(await codesFor({ allowedOrigins: ['*'] })).toEqual(['allowed', 'allowed']);
  expect(await codesFor({})).toEqual(['allowed', 'allowed']);
});

test('with resources, an Allow names only the request, because another one may be rejected', async () => {
  under(world, { resources: [{ ...MCP, allowedOrigins: ['https://app.example.com'] }] });
  const event = restRequestEvent(TOKEN);
  expect(await world.ask(event)).toMatchObject({
    policyDocument: { Statement: [{ Effect: 'Allow', Resource: event.methodArn }] },
  });
});
