import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  DEFAULT_ROUTE_ARN,
  httpApiV1Event,
  httpApiV2Event,
  OWN_DOMAIN,
  onDomain,
  REST_ARN,
  restRequestEvent,
  restTokenEvent,
} from '../../support/authorizer-events.ts';
import { createKey } from '../../support/keys.ts';
import { mint } from '../../support/tokens.ts';
import { createWorld, type World } from '../../support/world.ts';

const KEY = createKey();
/** Has no scope `admin`. */
const TOKEN = `Bearer ${mint(KEY)}`;
const ROUTES = [{ path: '/admin/*', scopes: ['admin'] }];

let world: World;
beforeEach(() => {
  world = createWorld(KEY);
  world.parameters.policy = JSON.stringify({ routes: ROUTES });
});

const setBasePaths = (basePaths: object) => {
  world.parameters.policy = JSON.stringify({ routes: ROUTES, basePaths });
};

/** Asks, and tells what was decided on which path. */
async function decide(event: object): Promise<{ code: string; path: string; reason: string | undefined }> {
  await world.ask(event, 'iam');
  const [decision] = world.decisions.splice(0);
  if (decision === undefined) throw new Error('nothing was decided');
  return { code: decision.code, path: decision.request.path, reason: decision.reason };
}

/** An event of each API whose events have a path of their own, by where it was called. */
const REQUESTS = {
  'HTTP API 2.0': (path: string, requestContext: object, arn: string = DEFAULT_ROUTE_ARN) =>
    httpApiV2Event(TOKEN, { rawPath: path, routeArn: arn, requestContext }),
  'HTTP API 1.0': (path: string, requestContext: object, arn: string = DEFAULT_ROUTE_ARN) =>
    httpApiV1Event(TOKEN, { path, methodArn: arn, requestContext }),
  'REST API': (path: string, requestContext: object, arn: string) =>
    restRequestEvent(TOKEN, { path, methodArn: arn, requestContext }),
} as const;
const HTTP_APIS = ['HTTP API 2.0', 'HTTP API 1.0'] as const;
const arnTo = (path: string, stage = '$default') =>
  DEFAULT_ROUTE_ARN.replace('$default/$default', `${stage}/GET${path}`);

describe.each(HTTP_APIS)('%s: the ARN of the route that takes every path names none', (api) => {
  const own = (path: string) => decide(REQUESTS[api](path, onDomain(OWN_DOMAIN)));

  test.each(['/admin/users', '/admin/users/', '/admin/x/', '/admin/'])(
    '%s is decided on as itself',
    async (path) => {
      await expect(own(path)).resolves.toMatchObject({ code: 'scope_missing', path });
    },
  );

  test.each(['', '//', '//admin/users', 'admin/users', '/x/../admin/users', '/.'])(
    '%j is refused',
    async (path) => {
      await expect(own(path)).resolves.toMatchObject({ code: 'path_invalid' });
    },
  );

  test('the root is the root', async () => {
    await expect(own('/')).resolves.toMatchObject({ code: 'allowed', path: '/' });
  });
});

describe.each(HTTP_APIS)('%s: a path that came decoded is decided on as it would be encoded', (api) => {
  test.each([
    ['/orders/a b', '/orders/a%20b'],
    ['/orders/café', '/orders/caf%C3%A9'],
    ['/orders/100%', '/orders/100%25'],
    ['/orders/a"b<c>', '/orders/a%22b%3Cc%3E'],
    ['/orders/a?b#c', '/orders/a%3Fb%23c'],
    ['/orders/{id}', '/orders/%7Bid%7D'],
    ['/orders/😀', '/orders/%F0%9F%98%80'],
    ["/orders/a+b*c$(d)!'~,=:@&", "/orders/a+b*c$(d)!'~,=:@&"],
  ])('%s', async (path, encoded) => {
    const event = REQUESTS[api](path, onDomain(OWN_DOMAIN));
    await expect(decide(event)).resolves.toMatchObject({ code: 'allowed', path: encoded });
  });

  test.each([
    '/orders/%2e%2e/admin/users',
    '/%61dmin/users',
    '/admin%2Fusers',
    '/x\\..\\admin',
    '/a\u0000',
    '/a\n',
  ])('%j can mean another path, and is refused', async (path) => {
    const event = REQUESTS[api](path, onDomain(OWN_DOMAIN));
    await expect(decide(event)).resolves.toMatchObject({ code: 'path_invalid' });
  });

  test.each(['/orders/\ufffd', '/orders/\ud800x'])('%j has lost its bytes, and is refused', async (path) => {
    const event = REQUESTS[api](path, onDomain(OWN_DOMAIN));
    await expect(decide(event)).resolves.toMatchObject({
      code: 'path_invalid',
      reason: 'the path had bytes that are not UTF-8',
    });
  });
});

describe('a named stage in front of the path', () => {
  const staged = (
    api: (typeof HTTP_APIS)[number],
    path: string,
    arn = arnTo('').replace('GET', '$default'),
  ) => decide(REQUESTS[api](path, onDomain(OWN_DOMAIN), arn.replace('/$default/', '/prod/')));

  test.each([
    ['/prod/admin/users', '/admin/users', 'scope_missing'],
    ['/prod/prod/admin/users', '/prod/admin/users', 'allowed'],
    ['/prod', '/', 'allowed'],
    ['/prod/', '/', 'allowed'],
    ['/production/x', '/production/x', 'allowed'],
    ['/admin/users', '/admin/users', 'scope_missing'],
  ])('of format 2.0 is taken off once: %s', async (rawPath, path, code) => {
    await expect(staged('HTTP API 2.0', rawPath)).resolves.toMatchObject({ path, code });
  });

  test('of format 1.0 may be there or not, so that a path which begins with its name is refused', async () => {
    await expect(staged('HTTP API 1.0', '/admin/users')).resolves.toMatchObject({ code: 'scope_missing' });
    await expect(staged('HTTP API 1.0', '/prod/admin/users')).resolves.toMatchObject({
      code: 'path_invalid',
      reason: 'nothing tells whether the path begins with the stage',
    });
  });

  test.each(['/admin/users', '/prod/admin/users'])(
    'of format 1.0 is told by an ARN with a path: %s',
    async (path) => {
      const event = REQUESTS['HTTP API 1.0']('/prod/admin/users', onDomain(OWN_DOMAIN), arnTo(path, 'prod'));
      await expect(decide(event)).resolves.toMatchObject({ path });
    },
  );
});

describe('a custom domain', () => {
  const DOMAIN = 'api.example.com';

  test.each(HTTP_APIS)(
    '%s: is refused where neither the ARN nor the policy tells its base path',
    async (api) => {
      await expect(decide(REQUESTS[api]('/v1/admin/users', onDomain(DOMAIN)))).resolves.toMatchObject({
        code: 'path_invalid',
        reason:
          'the path within the API is unknown: the ARN does not tell it, and basePaths does not list api.example.com',
      });
    },
  );

  test.each([
    'evil.example',
    'abcdef123.execute-api.us-east-1.amazonaws.com.evil.example',
    'xabcdef123.execute-api.us-east-1.amazonaws.com',
    'abcdef1234.execute-api.us-east-1.amazonaws.com',
    'abcdef123.execute-api.example.com',
    '',
    'a b',
    'é',
  ])("that is not the API's own is not taken for it: %j", async (domain) => {
    const event = REQUESTS['HTTP API 2.0']('/x', onDomain(domain));
    await expect(decide(event)).resolves.toMatchObject({ code: 'path_invalid' });
  });

  test.each([
    'ABCDEF123.Execute-Api.us-east-1.amazonaws.com',
    'abcdef123.execute-api.cn-north-1.amazonaws.com.cn',
    'abcdef123.execute-api.eu-west-1.api.aws',
    'abcdef123-vpce-0123456789abcdef0.execute-api.us-east-1.amazonaws.com',
  ])("that is the API's own is: %s", async (domain) => {
    const event = REQUESTS['HTTP API 2.0']('/admin/users', onDomain(domain));
    await expect(decide(event)).resolves.toMatchObject({ code: 'scope_missing', path: '/admin/users' });
  });

  test.each<[object, string, string | undefined]>([
    [{ [DOMAIN]: '/v1' }, '/v1/admin/users', '/admin/users'],
    [{ [DOMAIN]: '/v1' }, '/v1/admin/users/', '/admin/users/'],
    [{ [DOMAIN]: '/v1' }, '/v1', '/'],
    [{ [DOMAIN]: '/v1' }, '/v1/v1/x', '/v1/x'],
    [{ [DOMAIN]: '/v1' }, '/v10/admin/users', undefined],
    [{ [DOMAIN]: '/v1' }, '/admin/users', undefined],
    [{ [DOMAIN]: '/v1' }, '//v1/admin/users', undefined],
    [{ [DOMAIN]: '/' }, '/admin/users', '/admin/users'],
    [{ [DOMAIN]: ['/', '/v1', '/v1/beta'] }, '/v1/beta/admin/users', '/admin/users'],
    [{ [DOMAIN]: ['/v1', '/v2'] }, '/v2/admin/users', '/admin/users'],
    [{ '*.example.com': '/v1' }, '/v1/admin/users', '/admin/users'],
    [{ '*.api.example.com': '/v1' }, '/v1/admin/users', undefined],
    [{ [DOMAIN]: '/v1', '*.example.com': '/' }, '/v1/admin/users', '/admin/users'],
  ])('is known by the policy: %j, %s', async (basePaths, called, path) => {
    setBasePaths(basePaths);
    for (const api of HTTP_APIS) {
      const decision = await decide(REQUESTS[api](called, onDomain('API.example.com')));
      expect(decision).toMatchObject(path === undefined ? { code: 'path_invalid' } : { path });
    }
  });

  test('is refused with its name where the path begins with none of its base paths', async () => {
    setBasePaths({ [DOMAIN]: ['/v1', '/v2'] });
    await expect(decide(REQUESTS['HTTP API 2.0']('/v3/x', onDomain(DOMAIN)))).resolves.toMatchObject({
      code: 'path_invalid',
      reason: 'basePaths lists no beginning of the path for api.example.com',
    });
  });

  test('leaves open whether a path begins with the stage, which is refused then', async () => {
    setBasePaths({ [DOMAIN]: '/v1' });
    const arn = DEFAULT_ROUTE_ARN.replace('/$default/', '/prod/');
    const at = (path: string) => decide(REQUESTS['HTTP API 2.0'](path, onDomain(DOMAIN), arn));
    await expect(at('/v1/admin/users')).resolves.toMatchObject({ path: '/admin/users' });
    await expect(at('/v1/prod/admin/users')).resolves.toMatchObject({ code: 'path_invalid' });
  });

  test.each<[keyof typeof REQUESTS, string, string, string | undefined]>([
    ['REST API', '/v1/admin/users', '/admin/users', '/admin/users'],
    ['REST API', '/v1/prod/admin/users', '/admin/users', '/admin/users'],
    ['REST API', '/v1/admin/a%20b', '/admin/a%20b', '/admin/a%20b'],
    ['REST API', '/v1/admin/a%20b', '/admin/a b', '/admin/a%20b'],
    ['REST API', '/v1/admin/users', '/admin/others', undefined],
    ['REST API', '/v1/../admin/users', '/admin/users', undefined],
    ['REST API', '//admin/users', '/admin/users', undefined],
    ['REST API', '/v1;x/admin/users', '/admin/users', undefined],
    ['REST API', '/v1/', '/', undefined],
    ['REST API', '/v1/admin/x', '/{proxy+}', undefined],
    ['REST API', '/', '/', '/'],
    ['HTTP API 2.0', '/v1/admin/users', '/admin/users', '/admin/users'],
    ['HTTP API 2.0', '/v1/admin/a b', '/admin/a b', '/admin/a%20b'],
    ['HTTP API 2.0', '/v1/admin/a b', '/admin/a%20b', '/admin/a%20b'],
    ['HTTP API 2.0', '/v1/admin/users/', '/', undefined],
    ['HTTP API 2.0', '/v1/admin/{proxy+}', '/{proxy+}', undefined],
    ['HTTP API 2.0', '/v1/admin/users', '/users', '/users'],
    ['HTTP API 1.0', '/v1/prod/admin/users', '/admin/users', '/admin/users'],
  ])('is known by an ARN that names the path: %s, %s, %s', async (api, called, named, path) => {
    const decision = await decide(REQUESTS[api](called, onDomain(DOMAIN), arnTo(named)));
    expect(decision).toMatchObject(path === undefined ? { code: 'path_invalid' } : { path });
  });
});

describe('a request and an ARN that do not fit together', () => {
  test.each(['/orders/8', '/v1/orders/7', '/orders/7/', '/7'])(
    'are refused of a REST API: %s',
    async (path) => {
      await expect(decide(restRequestEvent(TOKEN, { path }))).resolves.toMatchObject({
        code: 'path_invalid',
        reason: 'the request and the ARN do not fit together',
      });
    },
  );

  test('are refused of a REST API where they name two methods', async () => {
    await expect(decide(restRequestEvent(TOKEN, { httpMethod: 'DELETE' }))).resolves.toMatchObject({
      code: 'path_invalid',
      reason: 'the request and the ARN do not fit together',
    });
  });

  test('leave the path of an HTTP API on its own domain as it is', async () => {
    const event = REQUESTS['HTTP API 2.0']('/admin/users', onDomain(OWN_DOMAIN), arnTo('/x'));
    await expect(decide(event)).resolves.toMatchObject({ code: 'scope_missing', path: '/admin/users' });
  });
});

describe('a TOKEN authorizer has the path in the ARN alone', () => {
  const named = (path: string) => decide(restTokenEvent(TOKEN, arnTo(path, 'prod')));

  test.each(['/admin/users', '/admin/users/', '/admin/a+b'])('%s', async (path) => {
    await expect(named(path)).resolves.toMatchObject({ code: 'scope_missing', path });
  });

  test.each([
    ['/admin/a b', '/admin/a%20b'],
    ['/admin/é', '/admin/%C3%A9'],
  ])('%s is decoded for certain', async (path, encoded) => {
    await expect(named(path)).resolves.toMatchObject({ code: 'scope_missing', path: encoded });
  });

  test.each([
    '/%61dmin/users',
    '/x%2F..%2Fadmin/users',
    '/%2e%2e/admin/users',
    '//admin/users',
    '/{proxy+}',
    '/\ufffd',
  ])('%s is refused, encoded or decoded', async (path) => {
    await expect(named(path)).resolves.toMatchObject({ code: 'path_invalid' });
  });

  test.each(['$default', 'GET', '', '$default/x', 'get/x'])(
    '.../prod/%s names no path, and is refused',
    async (end) => {
      const event = restTokenEvent(TOKEN, REST_ARN.replace('GET/orders/7', end));
      await expect(decide(event)).resolves.toMatchObject({
        code: 'path_invalid',
        reason: 'the ARN does not tell the path',
      });
    },
  );
});

test('a path is told in linear time: a million slashes are decided on at once', async () => {
  const path = '/'.repeat(1_000_000);
  const escaped = '/%41'.repeat(250_000);
  for (const event of [
    REQUESTS['HTTP API 2.0'](path, onDomain(OWN_DOMAIN)),
    REQUESTS['HTTP API 2.0'](path, onDomain('api.example.com'), arnTo(path.slice(1))),
    REQUESTS['HTTP API 1.0'](path, onDomain('api.example.com'), arnTo('/x')),
    REQUESTS['REST API'](path, onDomain('api.example.com'), arnTo('/x')),
    REQUESTS['REST API'](escaped, onDomain('api.example.com'), arnTo(`${'/A'.repeat(249_999)}/B`)),
    restTokenEvent(TOKEN, arnTo(path)),
  ]) {
    await expect(decide(event)).resolves.toMatchObject({ code: 'path_invalid' });
  }
});
