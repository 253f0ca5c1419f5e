import { beforeEach, describe, expect, test } from '@jest/globals';
import { createConfigSource } from '../../../lambda/io/config-source.ts';
import { createFindConfig } from '../../../lambda/io/find-config.ts';
import { createKey } from '../../support/keys.ts';
import { readingOf } from '../../support/reading.ts';
import { createWorld, type World } from '../../support/world.ts';

const KEY = createKey();
let world: World;
beforeEach(() => {
  world = createWorld(KEY);
});
const put = (policy: object) => {
  world.parameters.policy = JSON.stringify(policy);
};

/** The protected route comes first, and everything else is open: whatever slips past it gets in. */
const open = { path: '/api/*', onUnauthenticatedRequest: 'allow' };

describe('nothing slips past a route for methods', () => {
  test.each(['post', 'Post', 'POST ', '', 'CONNECT', 'TRACE', 'GE T', 'POST\r\nX: y'])(
    'by the method %j, which is a 400',
    async (method) => {
      put({ routes: [{ path: '/api/pay/*', methods: ['POST'], scopes: ['pay'] }, open] });
      expect((await world.call({ method: 'POST', target: '/api/pay/1' })).status).toBe(401);
      const response = await world.call({ method, target: '/api/pay/1' });
      expect(response).toMatchObject({ status: 400, body: { code: 'request_invalid' } });
    },
  );

  test('by HEAD if it is for GET', async () => {
    put({ routes: [{ path: '/api/pay/*', methods: ['GET'], scopes: ['pay'] }, open] });
    expect((await world.call({ method: 'HEAD', target: '/api/pay/1' })).status).toBe(401);
  });
});

describe('nothing slips past a route by another spelling of its path', () => {
  test.each([
    ['/api/orders/*:cancel', '/api/orders/1:cancel', '/api/orders/1%3Acancel', 400],
    ['/api/orders/*%3Acancel', '/api/orders/1%3acancel', '/api/orders/1:cancel', 401],
    ['/api/@admin/*', '/api/@admin/x', '/api/%40admin/x', 400],
    ['/api/a%21b/*', '/api/a!b/x', '/api/a%21b/x', 401],
    ['/api/@acme%2F*', '/api/@acme%2fx', '/api/%40acme/x', 400],
    ['/api/caf%C3%A9/*', '/api/caf%C3%A9/x', '/api/caf%c3%a9/x', 401],
    // Some routers match a pattern's characters before they decode: an escaped one could belong to another route.
  ])('%s matches %s, and %s is a %i', async (path, target, other, status) => {
    put({ routes: [{ path, scopes: ['admin'] }, open] });
    expect((await world.call({ target })).status).toBe(401);
    expect((await world.call({ target: other })).status).toBe(status);
    expect((await world.call({ target: '/api/else' })).status).toBe(200);
  });

  test('an escaped star does not match everything', async () => {
    put({ routes: [{ path: '/api/%2A' }] });
    expect(await world.call()).toMatchObject({ status: 503, body: { code: 'config_unavailable' } });
  });
});

test('two overlapping reads of the configuration lose no change, whichever ends first', async () => {
  const values = { issuer: 'https://i.example', audience: 'a', 'jwks-uri': 'discover', upstream: 'whoami' };
  const stored = (version: string) =>
    readingOf(
      { ...values, policy: '{}', revocations: `{"https://i.example":{"jti":["${version}"]}}` },
      { revocations: Number(version) },
    );
  let now = 0;
  const reads: ((reading: ReturnType<typeof stored>) => void)[] = [];
  const ignore = () => {};
  const { config } = createConfigSource({
    findConfig: createFindConfig({
      readParameters: () => new Promise((resolve) => reads.push(resolve)),
      now: () => now,
      wait: () => new Promise(() => {}),
      onFailure: ignore,
    }),
    refreshSeconds: 60,
    now: () => now,
    events: { configRead: ignore, configLoaded: ignore, configRejected: ignore, configFailed: ignore },
  });
  const versionOf = async () => {
    const lookup = await config();
    return lookup.kind === 'config' ? lookup.config.version.at(-1) : lookup.kind;
  };
  const finishRead = async (index: number, version: string) => {
    reads[index]?.(stored(version));
    await new Promise((resolve) => setImmediate(resolve));
  };

  const first = versionOf();
  await finishRead(0, '1');
  expect(await first).toBe('1');
  // A refresh begins, the sandbox freezes, and after the thaw another refresh begins.
  now = 59_000;
  expect(await versionOf()).toBe('1');
  now = 600_000;
  const waiting = versionOf();
  expect(reads).toHaveLength(3);
  await finishRead(1, '2');
  await finishRead(2, '2');
  expect(await waiting).toBe('2');
  now = 601_000;
  expect(await versionOf()).toBe('2');
});
