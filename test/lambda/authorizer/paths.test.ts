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
/** A token without the scope `admin`. */
const TOKEN = `Bearer ${mint(KEY)}`;
const ROUTES = [{ path: '/admin/*', scopes: ['admin'] }];

let world: World;
beforeEach(() => {
  world = createWorld(KEY);
  world.parameters.policy = JSON.stringify({ routes: ROUTES });
});

const UNCLEAR =
  "it is unclear which part of the path precedes the API's own path, and the route depends on it";

const setBasePaths = (basePaths: object) => {
  world.parameters.policy = JSON.stringify({ routes: ROUTES, basePaths });
};

/** Invokes the authorizer, and returns the decision and the path that it was made on. */
async function decide(event: object): Promise<{ code: string; path: string; reason: string | undefined }> {
  await world.ask(event, 'iam');
  const [decision] = world.decisions.splice(0);
  if (decision === undefined) throw new Error('nothing was decided');
  return { code: decision.code, path: decision.request.path, reason: decision.reason };
}

/** An event of each API whose events have a path, by where it was called. */
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

describe.each(HTTP_APIS)('%s: the ARN of a route that matches every path names no path', (api) => {
  const own = (path: string) => decide(REQUESTS[api](path, onDomain(OWN_DOMAIN)));

  test.each(['/admin/users', '/admin/users/', '/admin/x/', '/admin/'])(
    '%s is decided on unchanged',
    async (path) => {
      await expect(own(path)).resolves.toMatchObject({ code: 'scope_missing', path });
    },
  );

  test.each(['', '//', '//admin/users', 'admin/users', '/x/../admin/users', '/.'])(
    '%j is rejected',
    async (path) => {
      await expect(own(path)).resolves.toMatchObject({ code: 'path_invalid' });
    },
  );

  test('the root is the root', async () => {
    await expect(own('/')).resolves.toMatchObject({ code: 'allowed', path: '/' });
  });
});

describe.each(HTTP_APIS)('%s: a path that arrived decoded is decided on in its encoded form', (api) => {
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
  ])('rejects %j, which can mean another path', async (path) => {
    const event = REQUESTS[api](path, onDomain(OWN_DOMAIN));
    await expect(decide(event)).resolves.toMatchObject({ code: 'path_invalid' });
  });

  test.each(['/orders/\ufffd', '/orders/\ud800x'])(
    'rejects %j, because its original bytes are lost',
    async (path) => {
      const event = REQUESTS[api](path, onDomain(OWN_DOMAIN));
      await expect(decide(event)).resolves.toMatchObject({
        code: 'path_invalid',
        reason: 'the path contained bytes that are not UTF-8',
      });
    },
  );
});

describe('a named stage in front of the path', () => {
  const staged = (
    api: (typeof HTTP_APIS)[number],
    path: string,
    arn = arnTo('').replace('GET', '$default'),
  ) => decide(REQUESTS[api](path, onDomain(OWN_DOMAIN), arn.replace('/$default/', '/prod/')));

  test.each([
    ['/prod/orders/7', '/orders/7', 'allowed'],
    ['/prod/admin/users', '/admin/users', 'scope_missing'],
    ['/prod/prod/admin/users', '/prod/admin/users', 'allowed'],
    ['/prod', '/', 'allowed'],
    ['/prod/', '/', 'allowed'],
    ['/production/x', '/production/x', 'allowed'],
    ['/admin/users', '/admin/users', 'scope_missing'],
  ])('is removed once with format 2.0: %s', async (rawPath, path, code) => {
    await expect(staged('HTTP API 2.0', rawPath)).resolves.toMatchObject({ path, code });
  });

  test('is removed with format 2.0 on a custom domain too', async () => {
    setBasePaths({ 'api.example.com': '/v1' });
    const arn = DEFAULT_ROUTE_ARN.replace('/$default/', '/prod/');
    const event = REQUESTS['HTTP API 2.0']('/prod/admin/users', onDomain('api.example.com'), arn);
    await expect(decide(event)).resolves.toMatchObject({ path: '/admin/users', code: 'scope_missing' });
  });

  test('may be present or not with format 1.0, so the path must match the same route with and without it', async () => {
    await expect(staged('HTTP API 1.0', '/admin/users')).resolves.toMatchObject({ code: 'scope_missing' });
    await expect(staged('HTTP API 1.0', '/prod/orders/7')).resolves.toMatchObject({
      code: 'allowed',
      path: '/orders/7',
    });
    await expect(staged('HTTP API 1.0', '/prod/admin/users')).resolves.toMatchObject({
      code: 'path_invalid',
      reason: UNCLEAR,
    });
  });

  test.each<[string, string, object, string | undefined]>([
    ['/prod/admin/users', '/{proxy+}', { proxy: 'admin/users' }, '/admin/users'],
    ['/prod/admin/users', '/{proxy+}', { proxy: 'prod/admin/users' }, '/prod/admin/users'],
    ['/prod/admin/a b', '/{rest+}', { rest: 'admin/a%20b' }, '/admin/a%20b'],
    ['/prod/admin/users', '/admin/{proxy+}', { proxy: 'users' }, '/admin/users'],
    ['/prod/admin/users', '/{proxy+}', { proxy: 'users' }, undefined],
    ['/prod/admin/users', '/{proxy+}', { other: 'admin/users' }, undefined],
    ['/prod/admin/users', '/{constructor+}', {}, undefined],
    ['/prod/admin/users', '/{proxy+}/x', { proxy: 'admin/users' }, undefined],
    ['/prod/admin/users', '$default', { proxy: 'admin/users' }, undefined],
  ])(
    'is recognized with format 1.0 by what a greedy route has matched: %s, %s, %j',
    async (path, resource, pathParameters, found) => {
      const event = httpApiV1Event(TOKEN, {
        path,
        resource,
        pathParameters,
        methodArn: DEFAULT_ROUTE_ARN.replace('$default/$default', 'prod/ANY/{proxy+}'),
        requestContext: onDomain(OWN_DOMAIN),
      });
      await expect(decide(event)).resolves.toMatchObject(
        found === undefined
          ? { code: 'path_invalid' }
          : { path: found, code: /^.prod/.test(found) ? 'allowed' : 'scope_missing' },
      );
    },
  );

  test.each(['/admin/users', '/prod/admin/users'])(
    'is recognized with format 1.0 by an ARN with a path: %s',
    async (path) => {
      const event = REQUESTS['HTTP API 1.0']('/prod/admin/users', onDomain(OWN_DOMAIN), arnTo(path, 'prod'));
      await expect(decide(event)).resolves.toMatchObject({ path });
    },
  );
});

describe('a custom domain', () => {
  const DOMAIN = 'api.example.com';

  test.each(HTTP_APIS)(
    '%s: is rejected if the ARN names no path and the policy does not list the domain',
    async (api) => {
      await expect(decide(REQUESTS[api]('/v1/admin/users', onDomain(DOMAIN)))).resolves.toMatchObject({
        code: 'path_invalid',
        reason:
          'the path within the API is unknown: the ARN does not contain it, and api.example.com is not in basePaths; list the domain there',
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
  ])("is not mistaken for the API's own: %j", async (domain) => {
    const event = REQUESTS['HTTP API 2.0']('/x', onDomain(domain));
    await expect(decide(event)).resolves.toMatchObject({ code: 'path_invalid' });
  });

  test.each([
    'ABCDEF123.Execute-Api.us-east-1.amazonaws.com',
    'abcdef123.execute-api.cn-north-1.amazonaws.com.cn',
    'abcdef123.execute-api.eu-west-1.api.aws',
    'abcdef123-vpce-0123456789abcdef0.execute-api.us-east-1.amazonaws.com',
  ])("is recognized as the API's own: %s", async (domain) => {
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
    [{ 'my_api.example.com': '/v1' }, '/v1/admin/users', undefined],
    [{ '*.api.example.com': '/v1' }, '/v1/admin/users', undefined],
    [{ [DOMAIN]: '/v1', '*.example.com': '/' }, '/v1/admin/users', '/admin/users'],
  ])('is known by the policy: %j, %s', async (basePaths, called, path) => {
    setBasePaths(basePaths);
    const decision = await decide(REQUESTS['HTTP API 1.0'](called, onDomain('API.example.com')));
    expect(decision).toMatchObject(path === undefined ? { code: 'path_invalid' } : { path });
  });

  test('may have an underscore in its name', async () => {
    setBasePaths({ 'my_api.example.com': '/v1' });
    const event = REQUESTS['HTTP API 1.0']('/v1/admin/users', onDomain('My_API.example.com'));
    await expect(decide(event)).resolves.toMatchObject({ path: '/admin/users' });
  });

  test('is rejected by name if the path begins with none of its base paths', async () => {
    setBasePaths({ [DOMAIN]: ['/v1', '/v2'] });
    await expect(decide(REQUESTS['HTTP API 1.0']('/v3/x', onDomain(DOMAIN)))).resolves.toMatchObject({
      code: 'path_invalid',
      reason: 'the path begins with none of the base paths listed for api.example.com',
    });
  });

  test.each(HTTP_APIS)('%s: rejects a path that may or may not include the stage', async (api) => {
    setBasePaths({ [DOMAIN]: '/v1' });
    const arn = DEFAULT_ROUTE_ARN.replace('/$default/', '/prod/');
    const at = (path: string) => decide(REQUESTS[api](path, onDomain(DOMAIN), arn));
    await expect(at('/v1/prod/admin/users')).resolves.toMatchObject({
      code: 'path_invalid',
      reason: UNCLEAR,
    });
    await expect(at('/v1/prod/orders/7')).resolves.toMatchObject({ code: 'allowed' });
  });

  describe('of an HTTP API with format 2.0, whose events do not have the base path', () => {
    test.each<[string | string[], string, string, object]>([
      ['/orders', '/orders/7', 'scope_missing', { path: '/orders/*', scopes: ['admin'] }],
      ['/v1', '/orders/7', 'scope_missing', { path: '/orders/*', scopes: ['admin'] }],
      [['/', '/beta'], '/beta/admin', 'scope_missing', { path: '/beta/admin', scopes: ['admin'] }],
    ])(
      'never lets a path match the route of a shorter one: %j, %s',
      async (basePaths, rawPath, code, route) => {
        const event = REQUESTS['HTTP API 2.0'](rawPath, onDomain(DOMAIN));
        world.parameters.policy = JSON.stringify({ routes: [route], basePaths: { [DOMAIN]: basePaths } });
        const decision = await decide(event);
        expect(['path_invalid', code]).toContain(decision.code);
        expect(decision.path).toBe(rawPath);
      },
    );

    test.each([
      ['/v1', '/admin/users', 'scope_missing', undefined],
      ['/v1', '/orders/7', 'allowed', undefined],
      ['/v1', '/v1/orders/7', 'allowed', undefined],
      ['/v1', '/v1/admin/users', 'path_invalid', UNCLEAR],
      ['/admin', '/admin/users', 'path_invalid', UNCLEAR],
      ['/v1', '/v1', 'allowed', undefined],
      ['/v1', '/v1/../orders', 'path_invalid', 'the path has a dot segment'],
      ['/v1', '//v1/admin/users', 'path_invalid', expect.any(String)],
      ['/', '/admin/users', 'scope_missing', undefined],
    ])('must make no difference to the route: %s, %s', async (basePath, rawPath, code, reason) => {
      setBasePaths({ [DOMAIN]: basePath });
      const decision = await decide(REQUESTS['HTTP API 2.0'](rawPath, onDomain(DOMAIN)));
      expect(decision).toMatchObject({ code, path: rawPath });
      if (reason !== undefined) expect(decision.reason).toEqual(reason);
    });

    test('are recognized by an ARN that names the path', async () => {
      setBasePaths({ [DOMAIN]: '/v1' });
      const at = (arnPath: string) =>
        decide(REQUESTS['HTTP API 2.0']('/v1/admin/users', onDomain(DOMAIN), arnTo(arnPath)));
      await expect(at('/v1/admin/users')).resolves.toMatchObject({
        path: '/v1/admin/users',
        code: 'allowed',
      });
      await expect(at('/admin/users')).resolves.toMatchObject({
        path: '/admin/users',
        code: 'scope_missing',
      });
    });
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
    ['REST API', '/v1/', '/', '/'],
    ['REST API', '/v1', '/', '/'],
    ['REST API', '/v1/admin/x/', '/admin/x', '/admin/x/'],
    ['REST API', '/v1/admin/{x', '/admin/y', undefined],
    ['REST API', '/v1/admin/x', '/{proxy+}', undefined],
    ['REST API', '/v1/admin/{proxy+}', '/{proxy+}', undefined],
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

describe('a request that does not match its ARN', () => {
  test.each(['/orders/8', '/v1/orders/7', '/orders/7//', '/7', '/orders/{id}'])(
    'is rejected for a REST API: %s',
    async (path) => {
      await expect(decide(restRequestEvent(TOKEN, { path }))).resolves.toMatchObject({
        code: 'path_invalid',
        reason: 'the request does not match its ARN',
      });
    },
  );

  test('is rejected for a REST API if the two name different methods', async () => {
    await expect(decide(restRequestEvent(TOKEN, { httpMethod: 'DELETE' }))).resolves.toMatchObject({
      code: 'path_invalid',
      reason: 'the request does not match its ARN',
    });
  });

  test('is rejected for a REST API if its path has braces, which no ARN of a REST API has', async () => {
    const event = restRequestEvent(TOKEN, { path: '/orders/7', methodArn: arnTo('/{proxy+}', 'prod') });
    await expect(decide(event)).resolves.toMatchObject({
      code: 'path_invalid',
      reason: 'the request does not match its ARN',
    });
  });

  test.each(['/orders/7/', '/orders/7'])('may lack the slash at the end of the path: %s', async (path) => {
    await expect(decide(restRequestEvent(TOKEN, { path }))).resolves.toMatchObject({ code: 'allowed', path });
  });

  test('may not lack it if the slash decides the route', async () => {
    const open = { path: '/orders/7', onUnauthenticatedRequest: 'allow' };
    world.parameters.policy = JSON.stringify({ routes: [open] });
    const event = restRequestEvent(TOKEN, { path: '/orders/7/' });
    await expect(decide(event)).resolves.toMatchObject({ code: 'path_invalid' });
  });

  test('leaves the path of an HTTP API on its own domain as it is', async () => {
    const event = REQUESTS['HTTP API 2.0']('/admin/users', onDomain(OWN_DOMAIN), arnTo('/x'));
    await expect(decide(event)).resolves.toMatchObject({ code: 'scope_missing', path: '/admin/users' });
  });
});

describe("a TOKEN authorizer has only the ARN's path", () => {
  const named = (path: string) => decide(restTokenEvent(TOKEN, arnTo(path, 'prod')));

  test.each(['/admin/users', '/admin/users/', '/admin/a+b'])('%s', async (path) => {
    await expect(named(path)).resolves.toMatchObject({ code: 'scope_missing', path });
  });

  test.each([
    ['/admin/a b', '/admin/a%20b'],
    ['/admin/é', '/admin/%C3%A9'],
  ])('%s is certainly decoded', async (path, encoded) => {
    await expect(named(path)).resolves.toMatchObject({ code: 'scope_missing', path: encoded });
  });

  test.each([
    '/%61dmin/users',
    '/x%2F..%2Fadmin/users',
    '/%2e%2e/admin/users',
    '//admin/users',
    '/{proxy+}',
    '/\ufffd',
  ])('rejects %s, encoded or decoded', async (path) => {
    await expect(named(path)).resolves.toMatchObject({ code: 'path_invalid' });
  });

  test.each(['$default', 'GET', '', '$default/x', 'get/x'])(
    '.../prod/%s names no path, and is rejected',
    async (end) => {
      const event = restTokenEvent(TOKEN, REST_ARN.replace('GET/orders/7', end));
      await expect(decide(event)).resolves.toMatchObject({
        code: 'path_invalid',
        reason: 'the ARN does not contain the path',
      });
    },
  );
});

test('finds a path in linear time: a million slashes take no time', async () => {
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
