import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  appSyncEvent,
  DEFAULT_ROUTE_ARN,
  httpApiV1Event,
  httpApiV2Event,
  REST_ARN,
  restRequestEvent,
  restTokenEvent,
  webSocketEvent,
} from '../../support/authorizer-events.ts';
import { createKey } from '../../support/keys.ts';
import { claimsOf, mint, NOW } from '../../support/tokens.ts';
import { createWorld, JWKS_URI, type World } from '../../support/world.ts';

const KEY = createKey();
let world: World;
beforeEach(() => {
  world = createWorld(KEY);
});

const IDENTITY = {
  provider: 'default',
  issuer: 'https://issuer.example',
  subject: 'client-1',
  client_id: 'client-1',
  scope: 'read write',
};
const allowed = (Resource: string) => ({
  principalId: 'client-1',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource }],
  },
  context: IDENTITY,
});

/** Each API whose responses are IAM policies: its event for a token, and its ARN. */
const POLICY_APIS: [string, (authorization: string) => object, string][] = [
  ['a REST API, TOKEN', (authorization) => restTokenEvent(authorization), REST_ARN],
  ['a REST API, REQUEST', (authorization) => restRequestEvent(authorization), REST_ARN],
  ['an HTTP API with format 1.0', (authorization) => httpApiV1Event(authorization), REST_ARN],
  [
    'a WebSocket API',
    (authorization) => webSocketEvent(authorization),
    REST_ARN.replace(/GET.*$/, '$connect'),
  ],
];

describe.each(POLICY_APIS)('%s', (_name, event, arn) => {
  const ask = (token: string) => world.ask(event(`Bearer ${token}`), 'iam');

  test('allows the whole stage if no route could decide otherwise', async () => {
    await expect(ask(mint(KEY))).resolves.toEqual(allowed(arn.replace(/prod\/.*$/, 'prod/*')));
    expect(world.decisions).toMatchObject([{ code: 'allowed', status: 200, provider: 'default' }]);
  });

  test('allows only the ARN of the event if routes make a difference', async () => {
    world.parameters.policy = JSON.stringify({ routes: [{ path: '/admin/*', scopes: ['admin'] }] });
    await expect(ask(mint(KEY))).resolves.toEqual(allowed(arn));
  });

  test('rejects a token that does not verify with the error "Unauthorized"', async () => {
    await expect(ask(mint(KEY, claimsOf({ exp: NOW - 60 })))).rejects.toThrow(/^Unauthorized$/);
    expect(world.decisions).toMatchObject([{ code: 'token_expired', status: 401 }]);
  });

  test('denies a token that verifies but lacks permission, and gives the code', async () => {
    world.parameters.policy = JSON.stringify({ routes: [{ path: '/*', scopes: ['admin'] }] });
    await expect(ask(mint(KEY))).resolves.toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Deny', Resource: arn }] },
      context: { code: 'scope_missing' },
    });
  });

  test('reports missing keys with a different error, never with Deny', async () => {
    world.documents.set(JWKS_URI, new Error('down'));
    await expect(ask(mint(KEY))).rejects.toThrow(/^keys_unavailable$/);
  });

  test('reports missing configuration with a different error, never with Deny', async () => {
    world.parameters.issuer = 'https://issuer.invalid';
    await expect(ask(mint(KEY))).rejects.toThrow(/^config_unavailable$/);
  });
});

describe('an HTTP API with format 2.0', () => {
  const ask = (token: string, response: 'simple' | 'iam' = 'simple') =>
    world.ask(httpApiV2Event(`Bearer ${token}`), response);

  test('allows a good token, with the identity as flat strings', async () => {
    await expect(ask(mint(KEY))).resolves.toEqual({ isAuthorized: true, context: IDENTITY });
  });

  test('denies a token that verifies but lacks permission, and gives the code', async () => {
    world.parameters.policy = JSON.stringify({ routes: [{ path: '/orders/*', scopes: ['admin'] }] });
    await expect(ask(mint(KEY))).resolves.toEqual({
      isAuthorized: false,
      context: { code: 'scope_missing' },
    });
  });

  test('rejects a token that does not verify with the error "Unauthorized"', async () => {
    await expect(ask('x.y.z')).rejects.toThrow(/^Unauthorized$/);
  });

  test('reports missing keys with a different error', async () => {
    world.documents.set(JWKS_URI, new Error('down'));
    await expect(ask(mint(KEY))).rejects.toThrow(/^keys_unavailable$/);
  });

  test('gets a policy if the function is set to return one', async () => {
    await expect(ask(mint(KEY), 'iam')).resolves.toEqual(
      allowed(DEFAULT_ROUTE_ARN.replace(/\$default$/, '*')),
    );
  });

  test('denies two tokens that the API has joined into one header', async () => {
    const token = mint(KEY);
    const event = httpApiV2Event(`Bearer ${token},Bearer ${token}`);
    await expect(world.ask(event)).resolves.toMatchObject({ context: { code: 'token_ambiguous' } });
  });
});

describe('AppSync', () => {
  test.each(['', 'Bearer '])('allows a token sent as "%s…", for no longer than it lives', async (scheme) => {
    const token = mint(KEY, claimsOf({ exp: NOW + 100 }));
    await expect(world.ask(appSyncEvent(scheme + token))).resolves.toEqual({
      isAuthorized: true,
      resolverContext: IDENTITY,
      ttlOverride: 100,
    });
  });

  test.each([
    ['one provider', [[{ header: 'authorization', scheme: 'Bearer' }, { header: 'authorization' }], []]],
    ['two providers', [undefined, [{ header: 'authorization' }]]],
    [
      'providers with a scheme each',
      [[{ header: 'authorization', scheme: 'Token' }], [{ header: 'authorization', scheme: 'JWT' }]],
    ],
  ])(
    'counts a token without a scheme as one credential, even if %s could take it in several ways',
    async (_, tokenFrom) => {
      const [a, b] = tokenFrom.map((places, index) => ({
        type: 'jwks',
        issuer: `https://issuer-${index}.example`,
        jwksUri: JWKS_URI,
        audience: 'api.example.com',
        ...(places?.length !== 0 && { tokenFrom: places }),
      }));
      world.parameters.policy = JSON.stringify({
        providers: { a, b },
        routes: [{ path: '/*', providers: ['a', 'b'] }],
      });
      for (const [index, provider] of ['a', 'b'].entries()) {
        const token = mint(KEY, claimsOf({ iss: `https://issuer-${index}.example` }));
        await expect(world.ask(appSyncEvent(token))).resolves.toMatchObject({
          resolverContext: { provider },
        });
      }
    },
  );

  test("has responses cached no longer than the provider's maximum token age allows", async () => {
    const providers = { default: { type: 'jwks', maxTokenAgeSeconds: 60 } };
    world.parameters.policy = JSON.stringify({ providers });
    const token = mint(KEY, claimsOf({ iat: NOW - 59 }));
    await expect(world.ask(appSyncEvent(token))).resolves.toMatchObject({ ttlOverride: 1 });
  });

  test('has responses cached for at most five minutes', async () => {
    await expect(world.ask(appSyncEvent(mint(KEY)))).resolves.toMatchObject({ ttlOverride: 300 });
  });

  test('denies a token that does not verify', async () => {
    await expect(world.ask(appSyncEvent('x'))).resolves.toEqual({ isAuthorized: false, ttlOverride: 0 });
  });

  test('reports missing keys with an error', async () => {
    world.documents.set(JWKS_URI, new Error('down'));
    await expect(world.ask(appSyncEvent(mint(KEY)))).rejects.toThrow(/^keys_unavailable$/);
  });
});

describe('an authorizer', () => {
  test('lets an anonymous request through without an identity, if the route allows it', async () => {
    world.parameters.policy = JSON.stringify({
      routes: [{ path: '/orders/*', onUnauthenticatedRequest: 'allow' }],
    });
    await expect(world.ask(restRequestEvent(undefined))).resolves.toMatchObject({
      principalId: 'anonymous',
      policyDocument: { Statement: [{ Effect: 'Allow', Resource: REST_ARN }] },
      context: {},
    });
  });

  test('has in its context the claims that the route maps, and no others', async () => {
    world.parameters.policy = JSON.stringify({
      routes: [{ path: '/orders/*', headers: { 'x-jwt-tenant-id': '/org/tenant' } }],
    });
    const token = mint(KEY, claimsOf({ org: { tenant: 'gr\u00fcn' }, secret: 'x' }));
    await expect(world.ask(httpApiV2Event(`Bearer ${token}`))).resolves.toEqual({
      isAuthorized: true,
      context: { ...IDENTITY, tenant_id: "UTF-8''gr%C3%BCn" },
    });
  });

  test.each([
    ['a\r\nb', "UTF-8''a%0D%0Ab"],
    ['grün', "UTF-8''gr%C3%BCn"],
    ['', 'client-1'],
    [undefined, 'client-1'],
  ])('names the principal by the encoded subject, else by the client: %j', async (sub, principalId) => {
    const token = mint(KEY, claimsOf({ sub, client_id: 'client-1' }));
    await expect(world.ask(restRequestEvent(`Bearer ${token}`))).resolves.toMatchObject({ principalId });
  });

  test('names the principal "anonymous" if subject and client are empty', async () => {
    const token = mint(KEY, claimsOf({ sub: '', client_id: '' }));
    await expect(world.ask(restRequestEvent(`Bearer ${token}`))).resolves.toMatchObject({
      principalId: 'anonymous',
    });
  });

  test('lets a request whose identity is too long pass without an identity on a report-only route', async () => {
    world.parameters.policy = JSON.stringify({ mode: 'report-only' });
    const token = mint(KEY, claimsOf({ sub: 'x'.repeat(5000) }));
    const result = world.ask(httpApiV2Event(`Bearer ${token}`));
    await expect(result).resolves.toEqual({ isAuthorized: true, context: {} });
    expect(world.decisions).toMatchObject([{ code: 'allowed', reported: 'identity_unforwardable' }]);
  });

  test('lets requests pass without an identity on a report-only route that would reject them, and logs the code', async () => {
    world.parameters.policy = JSON.stringify({ mode: 'report-only' });
    await expect(world.ask(httpApiV2Event('Bearer x'))).resolves.toEqual({ isAuthorized: true, context: {} });
    expect(world.decisions).toMatchObject([{ code: 'allowed', reported: 'token_malformed' }]);
  });
});
