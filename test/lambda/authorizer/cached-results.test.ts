import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  DEFAULT_ROUTE_ARN,
  httpApiV1Event,
  httpApiV2Event,
  REST_ARN,
  restRequestEvent,
  restTokenEvent,
} from '../../support/authorizer-events.ts';
import { createKey } from '../../support/keys.ts';
import { mint } from '../../support/tokens.ts';
import { createWorld, type World } from '../../support/world.ts';

const KEY = createKey();
const TOKEN = `Bearer ${mint(KEY)}`;
const STAGE_ARN = REST_ARN.replace(/GET.*$/, '*');
/** A resource that no request can match. */
const NOTHING = REST_ARN.replace(/GET.*$/, '-');

let world: World;
beforeEach(() => {
  world = createWorld(KEY);
});
const setPolicy = (policy: object) => {
  world.parameters.policy = JSON.stringify(policy);
};

const statement = (Effect: 'Allow' | 'Deny', Resource: string) => ({
  policyDocument: { Statement: [{ Effect, Resource }] },
});

/** Each REST authorizer's event for a path, with the ARN that names it. */
const REST_APIS: [string, (path: string, authorization?: string, arnPath?: string) => object][] = [
  [
    'REQUEST',
    (path, authorization = TOKEN, arnPath = path) =>
      restRequestEvent(authorization, { path, methodArn: REST_ARN.replace('/orders/7', arnPath) }),
  ],
  [
    'TOKEN',
    (path, authorization = TOKEN, arnPath = path) =>
      restTokenEvent(authorization, REST_ARN.replace('/orders/7', arnPath)),
  ],
];

describe.each(REST_APIS)('a REST API (%s)', (_name, event) => {
  describe.each<[string, object]>([
    ['routes make a difference', { routes: [{ path: '/admin/*', scopes: ['admin'] }] }],
    ['a route requires a scope that the token lacks', { routes: [{ path: '/*', scopes: ['admin'] }] }],
    ['the request passes anonymously', { routes: [{ path: '/*', onUnauthenticatedRequest: 'allow' }] }],
  ])('where %s', (_why, policy) => {
    test.each([
      ['/orders/a*b', '/orders/a*b'],
      ['/orders/*', '/orders/*'],
      ['/*', '/*'],
      ['/orders/a%3Fb', '/orders/a?b'],
      ['/orders/%2A', '/orders/*'],
      ['/orders/$%7Baws:x}', '/orders/$' + '{aws:x}'],
    ])('denies %s, which the ARN names as %s, and nothing else', async (path, arnPath) => {
      setPolicy(policy);
      const result = await world.ask(event(path, TOKEN, arnPath));
      expect(result).toMatchObject(statement('Deny', NOTHING));
      const [decision] = world.decisions;
      expect(result).toMatchObject({ context: { code: decision?.code } });
      expect(decision).toMatchObject({ status: expect.any(Number) });
      expect(decision?.code).not.toBe('allowed');
    });
  });

  test('allows a path with a wildcard if no route could decide otherwise', async () => {
    await expect(world.ask(event('/orders/a*b'))).resolves.toMatchObject(statement('Allow', STAGE_ARN));
    expect(world.decisions).toMatchObject([{ code: 'allowed' }]);
  });

  test('logs why a path with a wildcard is rejected', async () => {
    setPolicy({ routes: [{ path: '/admin/*', scopes: ['admin'] }] });
    await world.ask(event('/orders/a*b'));
    expect(world.decisions).toMatchObject([
      {
        code: 'path_invalid',
        status: 400,
        reason: 'IAM would read the path in the ARN as a pattern and allow other paths too',
      },
    ]);
  });

  describe('in report-only without routes', () => {
    beforeEach(() => setPolicy({ mode: 'report-only' }));

    test.each(['Bearer x', 'Basic x', 'garbage'])(
      'allows only this request for %s',
      async (authorization) => {
        await expect(world.ask(event('/orders/7', authorization))).resolves.toMatchObject({
          principalId: 'anonymous',
          context: {},
          ...statement('Allow', REST_ARN),
        });
        expect(world.decisions).toMatchObject([{ code: 'allowed', reported: expect.any(String) }]);
      },
    );

    test('allows a good token for the whole stage', async () => {
      await expect(world.ask(event('/orders/7'))).resolves.toMatchObject(statement('Allow', STAGE_ARN));
    });

    test('denies a request that no policy can name, and logs a rejection', async () => {
      await expect(world.ask(event('/orders/*', 'Bearer x'))).resolves.toMatchObject(
        statement('Deny', NOTHING),
      );
      const [decision] = world.decisions;
      expect(decision).toMatchObject({ code: 'path_invalid', status: 400 });
      expect(decision).not.toHaveProperty('reported');
    });
  });
});

describe('an HTTP API', () => {
  test('with simple responses has no policy in which a path could act as a pattern', async () => {
    setPolicy({ routes: [{ path: '/admin/*', scopes: ['admin'] }] });
    const event = httpApiV2Event(TOKEN, { rawPath: '/orders/a*b' });
    await expect(world.ask(event)).resolves.toMatchObject({ isAuthorized: true });
  });

  test.each([
    ['1.0', httpApiV1Event('Bearer x', { methodArn: DEFAULT_ROUTE_ARN })],
    ['2.0 with policies', httpApiV2Event('Bearer x')],
  ])(
    'with format %s names the ARN of the route, the only one in the event, in report-only mode',
    async (_format, event) => {
      setPolicy({ mode: 'report-only' });
      await expect(world.ask(event, 'iam')).resolves.toMatchObject(statement('Allow', DEFAULT_ROUTE_ARN));
    },
  );
});
