import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compileBasePaths } from '../../../lambda/core/base-paths.ts';
import { exchangeOf } from '../../../lambda/events/authorizer.ts';
import { type ApiPlace, buildAuthorizerEvent } from '../../../local/api-gateway/event.ts';
import { startInvokeApi } from '../../../local/lambda/invoke-api.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../local/loopback-server.ts';
import { createGuide, type Guide, type Ran, statusesIn } from '../../support/guide.ts';
import { createKey, jwksOf } from '../../support/keys.ts';
import { startTestStack, type TestStack } from '../../support/local-stack.ts';
import { eventually } from '../../support/local-stack-fixtures.ts';
import { mint } from '../../support/tokens.ts';

const KEY = createKey('RS256', 'pool-1');
const CLIENT = '5s3rqmk2dpl1v9example';

let pool: LoopbackServer;
let invokeApi: LoopbackServer;
let stack: TestStack;
let guide: Guide;

beforeAll(async () => {
  pool = await startLoopbackServer({ name: 'user pool', port: 0 }, (issuer) => (request, response) => {
    const discovery = { issuer, jwks_uri: `${issuer}/jwks` };
    response.end(JSON.stringify(request.url === '/jwks' ? jwksOf(KEY) : discovery));
  });
  stack = await startTestStack({ authorizer: 'rest' });
  const { api, deployment } = stack;
  if (!api || !deployment.authorizer) throw new Error('The stack has no authorizer.');
  const { invoke } = api.functions;
  invokeApi = await startInvokeApi({ port: 0, lambda: deployment.authorizer, invoke, log: () => {} });
  guide = createGuide('from-authorizers', stack, {
    'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123': pool.origin,
    'https://api.example.com': stack.urls.api ?? '',
  });
});
afterAll(async () => {
  guide.close();
  await invokeApi.close();
  await stack.close();
  await pool.close();
});

/** A token of the user pool, as Cognito makes them. */
function tokenOf(claims: object): string {
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: pool.origin, sub: 'jane', iat: now, exp: now + 3600, ...claims };
  return mint(KEY, all, { typ: undefined });
}
const access = (scope: string) => tokenOf({ token_use: 'access', client_id: CLIENT, scope });
const id = () => tokenOf({ token_use: 'id', aud: CLIENT, email: 'jane@example.com' });

const request = (path: string, authorization: string, method = 'GET') => ({
  method,
  path,
  query: '',
  headers: [['Authorization', authorization]] as const,
  sourceIp: '127.0.0.1',
});
const authorizerEvent = (
  kind: 'http' | 'rest' | 'rest-token',
  path: string,
  authorization: string,
  place: Partial<ApiPlace> = {},
) =>
  buildAuthorizerEvent(kind, request(path, authorization), authorization, { ...stack.deployment, ...place });

/** What API Gateway sends to a Lambda integration behind another authorizer. */
function integrationEvent(
  kind: 'http' | 'rest',
  path: string,
  authorization: string,
  place?: Partial<ApiPlace>,
): object {
  const { type, routeArn, methodArn, identitySource, ...event } = authorizerEvent(
    kind,
    path,
    authorization,
    place,
  ) as Record<string, unknown>;
  return { ...event, body: 'an order', ...(kind === 'http' && { routeKey: 'GET /api/orders/{id}' }) };
}

/** Where the authorizer finds the path within the API in the copy of an event. */
async function pathOfCopy(event: object): Promise<unknown> {
  let copy: unknown;
  const lambda = await startLoopbackServer(
    { name: 'Lambda API', port: 0 },
    () => async (request, response) => {
      copy = await json(request);
      response.writeHead(202).end();
    },
  );
  const ran = await shadow(event, lambda.origin);
  await lambda.close();
  succeeds(ran);
  expect(copy).not.toHaveProperty('body');
  const exchange = exchangeOf(copy, 'simple');
  return 'problems' in exchange
    ? exchange.problems
    : exchange.value.question.findPath(compileBasePaths({ 'api.example.com': ['/', '/v1'] }));
}

const shadow = (event: object, endpoint = invokeApi.origin) => {
  const load = 'import("./shadow.mjs").then(({ shadow }) => shadow(JSON.parse(process.argv[1])))';
  const { region, authorizer } = stack.deployment;
  const settings = `AWS_REGION=${region} AWS_ENDPOINT_URL_LAMBDA=${endpoint} AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x`;
  return guide.run(
    `${settings} NEW_AUTHORIZER=${authorizer?.arn} "$NODE" -e '${load}' '${JSON.stringify(event)}'`,
  );
};
/** What a REST API's method and an HTTP API's route require of callers. */
type Required = Readonly<Record<'method' | 'route', { type: string; authorizer: string; scopes: string[] }>>;

const BEFORE: Required = {
  method: {
    type: 'COGNITO_USER_POOLS',
    authorizer: 'OLD_AUTHORIZER_ID',
    scopes: ['orders/read', 'orders/admin'],
  },
  route: { type: 'JWT', authorizer: 'OLD_AUTHORIZER_ID', scopes: ['orders/read', 'orders/admin'] },
};

/** The same after the commands in an output, as API Gateway would carry them out. */
function requiredAfter(output: string, { method }: Required): Required {
  const [patch = ''] = /aws apigateway update-method .*/.exec(output) ?? [];
  const operations = [...patch.matchAll(/op=(\w+),path=\/(\w+),value=(\S+)/g)].map(([, ...found]) => found);
  const values = (wanted: string, at: string) =>
    operations.flatMap(([op, path, value = '']) => (op === wanted && path === at ? [value] : []));
  const removed = values('remove', 'authorizationScopes');
  expect(method.scopes).toEqual(expect.arrayContaining(removed));
  const [, type = '', authorizer = '', scopes = ''] =
    /aws apigatewayv2 update-route .* --authorization-type (\S+) --authorizer-id (\S+) --authorization-scopes (.*)/.exec(
      output,
    ) ?? [];
  return {
    method: {
      type: values('replace', 'authorizationType').join(),
      authorizer: values('replace', 'authorizerId').join(),
      scopes: [
        ...method.scopes.filter((scope) => !removed.includes(scope)),
        ...values('add', 'authorizationScopes'),
      ],
    },
    route: { type, authorizer, scopes: scopes === '[]' ? [] : scopes.split(' ') },
  };
}

const rows = (query: string) => guide.query(query, stack.deployment.authorizer?.logGroup);
const call = (path: string, authorization: string) =>
  fetch(`${stack.urls.api}${path}`, { headers: { authorization } });
const succeeds = ({ status, output }: Ran) => expect({ status, output }).toEqual({ status: 0, output });

/** Follows a section whose commands succeed; returns what they say. */
async function followed(section: string): Promise<string> {
  let said = '';
  await guide.follow(section, (ran) => {
    succeeds(ran);
    said += ran.output;
  });
  return said;
}

test('the guide compares the new authorizer with the old one, switches to it, and goes back', async () => {
  await guide.follow('1. Deploy the authorizer', ({ output }) =>
    expect(output).toContain('npx cdk deploy -c authorizer=true'),
  );

  guide.setToken(access('orders/read'));
  await guide.follow('2. Write the policy, and compare it on real tokens', ({ status, output }, index) => {
    if (index === 0) {
      expect({ status, output }).toEqual({ status: 0, output });
      expect(output).toContain('ok: 2 providers, 2 routes');
      expect(output).toMatch(/Verdict: allowed\n$/);
      return;
    }
    expect(output).toMatch(/route_missing[\s\S]*token_missing/);
    expect(output).not.toContain('Verdict: allowed');
  });

  await guide.follow('3. Run it beside the old one', succeeds);
  for (const event of [
    integrationEvent('rest', '/api/orders/7', `Bearer ${access('orders/read')}`),
    integrationEvent('http', '/api/orders/7', access('orders/admin')),
    authorizerEvent('rest-token', '/api/orders/7', `Bearer ${access('orders/read')}`),
    integrationEvent('rest', '/api/orders/7', access('other/read')),
    integrationEvent('http', '/api/orders/7', id()),
    authorizerEvent('rest', '/api/orders/%2e%2e/7', access('orders/read')),
  ]) {
    succeeds(await shadow(event));
  }
  await eventually(
    () => rows('decisions'),
    (found) => found.reduce((sum, row) => sum + Number(row.requests), 0) === 6,
  );
  const order = { route: '/api/orders/*', method: 'GET' };
  expect(await rows('decisions')).toEqual([
    expect.objectContaining({ ...order, outcome: 'allowed', requests: '3' }),
    ...Array.from({ length: 3 }, () => expect.objectContaining({ requests: '1' })),
  ]);
  expect(await rows('decisions')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...order, outcome: 'reported', found: 'scope_missing' }),
      expect.objectContaining({ ...order, outcome: 'reported', found: 'claim_missing' }),
      expect.objectContaining({ outcome: 'rejected', found: 'path_invalid' }),
    ]),
  );

  for (const kind of ['rest', 'http'] as const) {
    const found = { paths: ['/api/orders/7'] };
    expect(await pathOfCopy(integrationEvent(kind, '/api/orders/7', id()))).toEqual(found);
    for (const basePath of ['', '/v1']) {
      const domain = { name: 'api.example.com', basePath };
      expect(await pathOfCopy(integrationEvent(kind, '/api/orders/7', id(), { domain }))).toEqual(found);
    }
  }

  const silent = await startLoopbackServer({ name: 'silent Lambda API', port: 0 }, () => () => {});
  const refusing = await startLoopbackServer(
    { name: 'refusing Lambda API', port: 0 },
    () => (_, response) => {
      response.writeHead(403, { 'x-amzn-errortype': 'AccessDeniedException' }).end('{}');
    },
  );
  const event = authorizerEvent('rest', '/api/orders/7', 'Bearer secret');
  try {
    for (const [given, { origin }, problem] of [
      [event, silent, 'AbortError'],
      [event, refusing, 'AccessDeniedException'],
      [{ source: 'a schedule' }, refusing, 'TypeError'],
    ] as const) {
      const ran = await shadow(given, origin);
      succeeds(ran);
      expect(ran.output).toContain(`The new authorizer got no copy: ${problem}\n`);
      expect(ran.output).not.toContain('secret');
    }
  } finally {
    await silent.close();
    await refusing.close();
  }
  // An API with this authorizer would be open now, as the guide warns.
  expect((await call('/api/orders/7', 'Bearer none')).status).toBe(200);

  const [rest, http] = (await followed('4. Prepare')).match(/aws \w+ create-authorizer .*/g) ?? [];
  const uncached = ' --authorizer-result-ttl-in-seconds 0 ';
  expect(rest).toMatch(/^aws apigateway .* --type REQUEST .*\/AUTHORIZER_ARN\/invocations$/);
  expect(rest).toContain(uncached);
  expect(rest).not.toContain('--identity-source');
  expect(http).toMatch(/^aws apigatewayv2 .* --authorizer-type REQUEST .*\/AUTHORIZER_ARN\/invocations /);
  expect(http).toContain(uncached);
  expect(http).toMatch(
    / --identity-source \[\] --authorizer-payload-format-version 2.0 --enable-simple-responses$/,
  );

  const after = requiredAfter(await followed('5. Switch one route'), BEFORE);
  const ours = { type: 'CUSTOM', authorizer: 'NEW_AUTHORIZER_ID', scopes: [] };
  expect(after).toEqual({ method: ours, route: ours });
  await guide.follow('6. Watch', ({ output }) => expect(statusesIn(output)).toEqual([200, 401, 401]));
  const orders = await call('/api/orders/7', access('orders/admin'));
  expect(orders.status).toBe(200);
  expect((await orders.json()) as object).toMatchObject({
    headers: expect.arrayContaining([
      ['x-authorizer-subject', 'jane'],
      ['x-authorizer-client-id', CLIENT],
      ['x-authorizer-scope', 'orders/admin'],
    ]),
  });
  expect((await call('/api/orders/7', id())).status).toBe(401);
  expect((await call('/api/orders/7', access('other/read'))).status).toBe(403);
  const rejected = await call('/api/orders/7', '');
  expect([rejected.headers.get('www-authenticate'), await rejected.text()]).toEqual([
    null,
    '{"message":"Unauthorized"}',
  ]);
  const profile = await call('/api/profile', id());
  const { headers } = (await profile.json()) as { headers: [string, string][] };
  expect(headers).toContainEqual(['x-authorizer-email', 'jane@example.com']);
  expect(await rows('decisions')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...order, outcome: 'rejected', found: 'token_missing' }),
      expect.objectContaining({ ...order, outcome: 'rejected', found: 'signature_invalid' }),
    ]),
  );

  await guide.follow('7. Switch the rest, and clean up', succeeds);
  expect(requiredAfter(await followed('Go back'), after)).toEqual(BEFORE);
  expect(guide.left()).toEqual([]);
});
