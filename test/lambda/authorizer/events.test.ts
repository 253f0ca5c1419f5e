import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  appSyncEvent,
  httpApiV1Event,
  httpApiV2Event,
  REST_ARN,
  restRequestEvent,
  restTokenEvent,
  webSocketEvent,
} from '../../support/authorizer-events.ts';
import { createKey } from '../../support/keys.ts';
import { mint } from '../../support/tokens.ts';
import { createWorld, type World } from '../../support/world.ts';

const KEY = createKey();
const TOKEN = mint(KEY);
let world: World;
beforeEach(() => {
  world = createWorld(KEY);
});

const EVENTS: readonly (readonly [name: string, event: object])[] = [
  ['REST, TOKEN', restTokenEvent(TOKEN)],
  ['REST, REQUEST', restRequestEvent(TOKEN)],
  ['HTTP API 1.0', httpApiV1Event(TOKEN)],
  ['HTTP API 2.0', httpApiV2Event(TOKEN)],
  ['WebSocket', webSocketEvent(TOKEN)],
  ['AppSync', appSyncEvent(TOKEN)],
];

/** Asserts one clear error, one line in the log and nothing else. */
async function expectRejected(event: unknown, problem: string | RegExp) {
  const logged = world.events.length;
  await expect(world.ask(event)).rejects.toThrow(
    expect.objectContaining({
      name: 'Error',
      message: expect.stringMatching(/^This is not an API Gateway or AppSync authorizer event: /),
    }),
  );
  const [line, ...others] = world.events.slice(logged);
  expect(line).toMatchObject({
    name: 'eventRejected',
    detail: ['request-1', [expect.stringMatching(problem)]],
  });
  expect(others).toEqual([]);
  expect(world.bugs).toEqual([]);
  expect(world.decisions).toEqual([]);
  expect(JSON.stringify(line)).not.toContain(TOKEN.slice(0, 20));
}

describe('an event that no API sends is an error and one line in the log', () => {
  test.each([null, undefined, true, 7, 'x', [], [restTokenEvent(TOKEN)]])('%j', (event) =>
    expectRejected(event, 'it must be an object'),
  );

  test.each([
    {},
    { type: 'OTHER' },
    { requestContext: { elb: {} } },
    { httpMethod: 'GET', path: '/', headers: {} },
    { ...httpApiV2Event(TOKEN), version: '3.0' },
    { ...restTokenEvent(TOKEN), type: ['TOKEN'] },
  ])('%j', (event) => expectRejected(event, 'no API sends events with this type and version'));

  test.each<[string, object]>([
    ['methodArn is missing', { type: 'TOKEN', authorizationToken: TOKEN }],
    ['authorizationToken is missing', { type: 'TOKEN', methodArn: REST_ARN }],
    ['authorizationToken must be a string', { ...restTokenEvent(TOKEN), authorizationToken: [TOKEN] }],
    ['path must be a string', restRequestEvent(TOKEN, { path: 7 })],
    [
      'headers must be an object whose values are strings',
      restRequestEvent(TOKEN, { headers: { Authorization: [TOKEN] } }),
    ],
    ['headers must be an object whose values are strings', restRequestEvent(TOKEN, { headers: [TOKEN] })],
    [
      'multiValueHeaders must be an object whose values are lists of strings',
      restRequestEvent(TOKEN, { multiValueHeaders: { Authorization: TOKEN } }),
    ],
    ['requestContext must be an object', restRequestEvent(TOKEN, { requestContext: null })],
    [
      'requestContext.domainName must be a string',
      restRequestEvent(TOKEN, { requestContext: { domainName: 7 } }),
    ],
    ['routeArn is missing', httpApiV1Event(TOKEN, { methodArn: undefined })],
    ['rawQueryString is missing', httpApiV2Event(TOKEN, { rawQueryString: undefined })],
    ['requestContext.http must be an object', httpApiV2Event(TOKEN, { requestContext: { http: 'GET' } })],
    ['requestContext.apiId is missing', { authorizationToken: TOKEN, requestContext: {} }],
  ])('%s', (problem, event) => expectRejected(event, problem));

  test('reports all problems at once', async () => {
    await expect(world.ask({ type: 'TOKEN' })).rejects.toThrow(
      'methodArn is missing; authorizationToken is missing',
    );
  });

  test.each([
    '',
    'x',
    '*',
    'arn:aws:execute-api',
    'arn:aws:lambda:us-east-1:123456789012:function:x',
    'arn:aws:execute-api:us-east-1:123456789012:abcdef123',
    'arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod',
    'arn:aws:execute-api:us-east-1:123456789012:*/prod/GET/x',
    'arn:aws:execute-api:us-east-1:123456789012:abcdef123/*/GET/x',
    'arn:aws:execute-api:us-east-1:1234:abcdef123/prod/GET/x',
    'arn:evil:execute-api:us-east-1:123456789012:abcdef123/prod/GET/x',
    ` ${REST_ARN}`,
  ])('methodArn %j', (methodArn) =>
    expectRejected(restTokenEvent(TOKEN, methodArn), 'methodArn must be the ARN of a method or a route'),
  );

  test.each([7, null, [REST_ARN], { toString: REST_ARN }])('methodArn %j', (methodArn) =>
    expectRejected({ ...restTokenEvent(TOKEN), methodArn }, 'methodArn must be the ARN'),
  );

  test.each(EVENTS)(
    '%s with any member replaced by anything gets a response or is an error',
    async (_name, event) => {
      const places = placesOf(event);
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...places), fc.jsonValue(), async (place, value) => {
          world = createWorld(KEY);
          const changed = withValue(event, place, value);
          const result = await world.ask(changed).catch((error: unknown) => error);
          // Either way, the result is a response that an API understands, or an error that says what is wrong.
          expect(world.bugs).toEqual([]);
          if (result instanceof Error) expect(result.message).toMatch(/^(?:This is not|Unauthorized$)/);
          expect(
            world.events.filter(({ name }) => name === 'eventRejected').length + world.decisions.length,
          ).toBe(1);
        }),
        { numRuns: 200 },
      );
    },
  );
});

test.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-iso-b'])('accepts the partition %s', async (partition) => {
  const methodArn = REST_ARN.replace('arn:aws:', `arn:${partition}:`);
  await expect(world.ask(restTokenEvent(`Bearer ${TOKEN}`, methodArn))).resolves.toMatchObject({
    policyDocument: { Statement: [{ Effect: 'Allow' }] },
  });
});

test.each<[string, object]>([
  ['REST, as the console tests it', { headers: null, multiValueHeaders: null, queryStringParameters: null }],
  ['REST, with no more than the last values', { multiValueHeaders: undefined }],
])('%s: treats missing members as empty', async (_name, overrides) => {
  await world.ask(restRequestEvent(`Bearer ${TOKEN}`, overrides)).catch(() => {});
  expect(world.bugs).toEqual([]);
  expect(world.decisions).toHaveLength(1);
});

test.each<[string, object]>([
  ['null for another header', { multiValueHeaders: { Authorization: [`Bearer ${TOKEN}`], 'X-Other': null } }],
  ['null in a list', { multiValueHeaders: { Authorization: [null, `Bearer ${TOKEN}`] } }],
  [
    'null for a header with one value',
    { multiValueHeaders: undefined, headers: { Authorization: `Bearer ${TOKEN}`, x: null } },
  ],
  [
    'null for a query parameter',
    { queryStringParameters: { a: null }, multiValueQueryStringParameters: { a: null } },
  ],
  ['empty lists beside headers', { multiValueHeaders: {} }],
])('a REST API: %s hides no token', async (_name, overrides) => {
  await expect(world.ask(restRequestEvent(`Bearer ${TOKEN}`, overrides))).resolves.toMatchObject({
    policyDocument: { Statement: [{ Effect: 'Allow' }] },
  });
});

/** Paths of the members of an event, and of the objects in it. */
function placesOf(event: object, place: readonly string[] = []): string[][] {
  return Object.entries(event).flatMap(([name, value]) => {
    const inner = [...place, name];
    return [inner, ...(typeof value === 'object' && value !== null ? placesOf(value, inner) : [])];
  });
}

function withValue(event: object, [name = '', ...rest]: readonly string[], value: unknown): object {
  const inner = (event as Record<string, object>)[name] ?? {};
  const changed = rest.length === 0 ? value : withValue(inner, rest, value);
  return Array.isArray(event) ? [changed] : { ...event, [name]: changed };
}
