import { beforeEach, describe, expect, test } from '@jest/globals';
import type { TestRequest } from '../../support/alb-event.ts';
import { createKey } from '../../support/keys.ts';
import { posted, rpc } from '../../support/mcp.ts';
import { MCP, under } from '../../support/resources.ts';
import { mint } from '../../support/tokens.ts';
import { createWorld, type World } from '../../support/world.ts';

const KEY = createKey();
const APP = 'https://app.example.com';
const OTHER = 'https://other.example.com';
const EVIL = 'https://evil.example';

let world: World;
beforeEach(() => {
  world = createWorld(KEY);
});

const POLICY = { routes: [{ path: '/*' }] };
const allowing = (allowedOrigins: readonly string[] | undefined, policy: object = {}) =>
  under(world, {
    ...POLICY,
    ...policy,
    resources: [{ ...MCP, ...(allowedOrigins && { allowedOrigins }) }],
  });
async function codeFrom(origin: string | readonly string[] | undefined, request: TestRequest = {}) {
  const headers = { authorization: `Bearer ${mint(KEY)}`, ...(origin !== undefined && { origin }) };
  const { status } = await world.call({
    target: '/mcp',
    ...request,
    headers: { ...headers, ...request.headers },
  });
  const { code, reported } = world.decisions.at(-1) ?? {};
  expect(status).toBe(code === 'allowed' ? 200 : code === 'origin_not_allowed' ? 403 : 401);
  return reported ?? code;
}

describe('"allowedOrigins" of a resource', () => {
  test('rejects the pages of all other origins, with a token or without, whatever the method', async () => {
    allowing([APP]);
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
      for (const origin of [
        EVIL,
        'null',
        '',
        `${APP}/`,
        'https://APP.example.com',
        `${APP}, ${APP}`,
        [APP, APP],
      ]) {
        expect([method, origin, await codeFrom(origin, { method })]).toEqual([
          method,
          origin,
          'origin_not_allowed',
        ]);
      }
      expect(await codeFrom(APP, { method })).toBe('allowed');
    }
    expect(await codeFrom(EVIL, { headers: { authorization: 'Basic x' } })).toBe('origin_not_allowed');
    expect(await codeFrom(APP, { headers: { authorization: 'Basic x' } })).toBe('token_missing');
  });

  test('lets through requests that no page sends', async () => {
    allowing([APP]);
    expect(await codeFrom(undefined)).toBe('allowed');
  });

  test('applies only to the paths of the resource, in every reading', async () => {
    allowing([APP]);
    expect(await codeFrom(EVIL, { target: '/api/x' })).toBe('allowed');
    for (const target of ['/MCP', '/mcp;x', '//mcp', '/mcp.', '/%6Dcp/x', '/x/..%2Fmcp']) {
      await world.call({ target, headers: { origin: EVIL, authorization: `Bearer ${mint(KEY)}` } });
      expect([target, world.decisions.at(-1)?.code]).toEqual([target, 'path_invalid']);
    }
  });

  test('defaults to the pages that the policy lists, and nothing is rejected if it lists none, or all', async () => {
    allowing(undefined, { publicOrigins: [APP], cors: { origins: [OTHER] } });
    expect([await codeFrom(APP), await codeFrom(OTHER), await codeFrom(EVIL)]).toEqual([
      'allowed',
      'allowed',
      'origin_not_allowed',
    ]);
    allowing(undefined);
    expect(await codeFrom(EVIL)).toBe('allowed');
    allowing(undefined, { cors: { origins: ['*'] } });
    expect(await codeFrom(EVIL)).toBe('allowed');
    allowing(['*'], { publicOrigins: [APP] });
    expect(await codeFrom(EVIL)).toBe('allowed');
  });

  test('is only reported on a report-only route', async () => {
    allowing([APP], { mode: 'report-only' });
    expect(await codeFrom(EVIL)).toBe('origin_not_allowed');
    expect(world.decisions.at(-1)?.status).toBe(200);
  });

  test('logs what to look at, not what was sent', async () => {
    allowing([APP]);
    await codeFrom(EVIL);
    expect(world.decisions.at(-1)?.reason).toBe('the Origin is not in "allowedOrigins" of the resource');
    allowing(undefined, { publicOrigins: [APP] });
    await codeFrom(EVIL);
    expect(world.decisions.at(-1)?.reason).toBe('the Origin is not in "publicOrigins" or "cors.origins"');
  });
});

describe('MCP messages outside any resource', () => {
  const routes = [{ path: '/mcp', mcp: { method: 'tools/call' } }, { path: '/mcp' }];
  const sent = (origin: string, headers: TestRequest['headers'] = {}) =>
    codeFrom(origin, { ...posted(rpc('ping')), headers: { 'content-type': 'application/json', ...headers } });

  test('may come only from the pages that the policy lists, whichever route they take', async () => {
    under(world, { routes, publicOrigins: [APP], cors: { origins: [OTHER] } });
    expect([await sent(APP), await sent(OTHER), await sent('null')]).toEqual([
      'allowed',
      'allowed',
      'origin_not_allowed',
    ]);
    expect(await sent(EVIL, { authorization: 'Bearer x' })).toBe('origin_not_allowed');
    expect(world.decisions.at(-1)?.reason).toBe('the Origin is not in "publicOrigins" or "cors.origins"');
  });

  test('are rejected from every page if the policy lists none, and pass if it lists all', async () => {
    for (const policy of [{ routes }, { routes, resources: [MCP] }]) {
      under(world, policy);
      expect(await sent(EVIL)).toBe('origin_not_allowed');
      expect(world.decisions.at(-1)?.reason).toBe('the Origin is not in "publicOrigins" or "cors.origins"');
    }
    under(world, { routes, resources: [{ ...MCP, allowedOrigins: ['*'] }] });
    expect(await sent(EVIL)).toBe('allowed');
    under(world, { routes, publicOrigins: [APP], cors: { origins: ['*'] } });
    expect(await sent(EVIL)).toBe('allowed');
  });

  test('leave other requests alone', async () => {
    under(world, { routes: [...routes, { path: '/*' }], publicOrigins: [APP] });
    expect(await codeFrom(EVIL, { target: '/api/x', method: 'POST' })).toBe('allowed');
    expect(await codeFrom(EVIL, { method: 'DELETE' })).toBe('allowed');
  });

  test("may come only from the resource's pages on its paths", async () => {
    under(world, { routes, publicOrigins: [APP], resources: [{ ...MCP, allowedOrigins: [OTHER] }] });
    expect([await sent(APP), await sent(OTHER)]).toEqual(['origin_not_allowed', 'allowed']);
  });
});
