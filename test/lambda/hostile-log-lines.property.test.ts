import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { createAlbTarget } from '../../lambda/alb-target.ts';
import { createAuthorizerTarget } from '../../lambda/authorizer-target.ts';
import { isRequestId } from '../../lambda/core/http/request-id.ts';
import type { Outcome } from '../../lambda/core/outcome.ts';
import { createLog, type Log } from '../../lambda/io/log.ts';
import { boundedLogLine } from '../../lambda/io/log-line.ts';
import { albEvent, lambdaContext } from '../support/alb-event.ts';
import {
  appSyncEvent,
  httpApiV1Event,
  httpApiV2Event,
  restRequestEvent,
  restTokenEvent,
  webSocketEvent,
} from '../support/authorizer-events.ts';
import { createKey } from '../support/keys.ts';
import { mint } from '../support/tokens.ts';
import { createWorld, type World } from '../support/world.ts';

const KEY = createKey('ES256');
const TOKEN = mint(KEY);
const SELF = '1-67891234-12456789abcdef0123456789';
const FORGED = `{"level":"WARN","message":"decision","requestId":"${SELF}","code":"allowed"}`;

let printed: string;
let log: Log;
let world: World;
beforeEach(() => {
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
  log = createLog({ service: 'orders', configPath: '/orders', allowedLogRate: 1 });
  world = createWorld(KEY, log);
});
afterEach(() => {
  jest.restoreAllMocks();
});

type Line = Readonly<Record<string, unknown>>;

/** The lines printed since the last call, as a reader of the log sees them: a line ends at a line feed. */
function taken(): Line[] {
  const lines = printed.split('\n').filter((line) => line !== '');
  printed = '';
  for (const line of lines) expect(Buffer.byteLength(line) + 1).toBeLessThanOrEqual(4096);
  return lines.map((line) => JSON.parse(line) as Line).filter((line) => !('_aws' in line));
}
const decisionsOf = (lines: readonly Line[]) => lines.filter(({ message }) => message === 'decision');

/** Texts that would end a line, close its JSON, imitate another line, or fill one. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    `\n${FORGED}\n`,
    `"}\n${FORGED}`,
    `","requestId":"${SELF}","x":"`,
    '\r',
    '\u2028',
    '\ud800',
    '\u001b[2J',
    '%0a',
    '%00',
  ),
  fc
    .tuple(fc.constantFrom('\u0000', '"', '\\', '東', '\ud83d\ude00', 'x', '\ud800'), fc.nat(16_000))
    .map(([text, count]) => text.repeat(count)),
);
const trace = fc
  .array(
    fc.oneof(
      hostile,
      fc.constantFrom(`Self=${SELF}`, `Root=${SELF}`, `Root=${SELF}\n${FORGED}`, 'Self=', ' Self=x', '='),
    ),
    { maxLength: 4 },
  )
  .map((parts) => parts.join(';'));
const apiIds = fc.record(
  {
    requestId: fc.oneof(hostile, fc.uuid(), fc.constantFrom('JKJaXmPLvHcESHA=', `${SELF}\n`)),
    extendedRequestId: fc.oneof(hostile, fc.constant('JKJaXmPLvHcESHA=')),
  },
  { requiredKeys: [] },
);

/** Asserts one decision, with an id that cannot be mistaken for anything else. */
function expectOneDecision(lines: readonly Line[]): Line {
  const decisions = decisionsOf(lines);
  expect(decisions).toHaveLength(1);
  const [line = {}] = decisions;
  expect(line).toMatchObject({
    invocationId: 'request-1',
    code: expect.any(String),
    status: expect.any(Number),
  });
  const id = String(line.requestId);
  expect(id === 'request-1' || isRequestId(id)).toBe(true);
  return line;
}

describe('whatever a client sends, its request has one decision line, which is one JSON object', () => {
  test('behind a load balancer, and the response has the id of that line', async () => {
    await world.call();
    taken();
    await fc.assert(
      fc.asyncProperty(
        fc.record({ method: hostile, path: hostile, trace, authorization: hostile, id: hostile }),
        fc.boolean(),
        async ({ method, path, trace: traceId, authorization, id }, withToken) => {
          const headers = {
            'x-amzn-trace-id': traceId,
            authorization: withToken ? `Bearer ${TOKEN}` : authorization,
            'x-request-id': id,
          };
          const target = withToken && path.length % 2 === 0 ? '/api/x' : `/api/${path}`;
          const response = await world.call({ method: withToken ? 'GET' : method, target, headers });
          const { requestId } = expectOneDecision(taken());
          expect(response.headers['x-request-id']).toEqual([requestId]);
        },
      ),
      { numRuns: 300 },
    );
  });

  const EVENTS: readonly [string, (token: string, ids: object, headers: object, path: string) => object][] = [
    ['TOKEN', (token) => restTokenEvent(token)],
    [
      'REQUEST',
      (token, ids, headers, path) =>
        restRequestEvent(token, { path, headers, multiValueHeaders: {}, requestContext: ids }),
    ],
    [
      'HTTP 1.0',
      (token, ids, headers, path) =>
        httpApiV1Event(token, { path, headers, multiValueHeaders: {}, requestContext: ids }),
    ],
    [
      'HTTP 2.0',
      (token, ids, headers, rawPath) =>
        httpApiV2Event(token, { rawPath, headers, requestContext: { ...ids, http: { method: 'GET' } } }),
    ],
    [
      'WebSocket',
      (token, ids, headers) => ({
        ...webSocketEvent(token),
        headers,
        multiValueHeaders: {},
        requestContext: { eventType: 'CONNECT', ...ids },
      }),
    ],
    ['AppSync', (token, ids) => ({ ...appSyncEvent(token), requestContext: { apiId: 'a', ...ids } })],
  ];
  test.each(EVENTS)('as an authorizer invoked by %s', async (_, eventOf) => {
    await world.call();
    taken();
    await fc.assert(
      fc.asyncProperty(hostile, apiIds, trace, hostile, async (token, ids, traceId, path) => {
        const headers = { Authorization: token, 'X-Amzn-Trace-Id': traceId };
        await world.ask(eventOf(token, ids, headers, `/${path}`)).catch(() => {});
        expectOneDecision(taken());
      }),
      { numRuns: 100 },
    );
  });
});

describe('a bug hides no decision', () => {
  const ITSELF: Error & { cause?: unknown } = new Error('its own cause');
  ITSELF.cause = ITSELF;
  const circle: { self?: unknown } = {};
  circle.self = circle;
  const THROWN: readonly [string, unknown][] = [
    ['an error', new TypeError('x is not a function')],
    ['one with a message of any length', new Error(`\n${FORGED}`.repeat(1000))],
    [
      'one with many members',
      Object.assign(new Error('x'), Object.fromEntries(Object.entries([...'x'.repeat(2000)]))),
    ],
    ['one that is its own cause', ITSELF],
    ['a big integer', 1n],
    ['an object that holds itself', circle],
    ['nothing', undefined],
    ['null', null],
  ];
  const broken = (error: unknown) => ({
    now: () => 0,
    config: () => Promise.reject(error),
    resolveKeys: () => Promise.reject(error),
    memory: { get: () => undefined, set: () => {} } as never,
    prefetch: async () => {},
  });
  const request = { headers: { 'x-amzn-trace-id': `Self=${SELF}` }, target: `/api/${'\u0001'.repeat(9000)}` };

  test.each(THROWN)('behind a load balancer: %s', async (_, error) => {
    const response = await createAlbTarget(broken(error), log)(albEvent(request), lambdaContext());
    expect(response.multiValueHeaders?.['x-request-id']).toEqual([SELF]);
    expect(taken()).toMatchObject([
      { message: 'internal error', requestId: SELF, invocationId: 'request-1' },
      {
        message: 'decision',
        requestId: SELF,
        invocationId: 'request-1',
        code: 'internal_error',
        status: 500,
      },
    ]);
  });
  test.each(THROWN)('as an authorizer: %s', async (_, error) => {
    const id = '7f4f1b2a-0d6e-4b7f-9c55-0123456789ab';
    const event = restRequestEvent(TOKEN, { requestContext: { requestId: id } });
    await expect(
      createAuthorizerTarget(broken(error), log, 'simple')(event, lambdaContext()),
    ).rejects.toThrow('internal_error');
    expect(taken()).toMatchObject([
      { message: 'internal error', requestId: id },
      { message: 'decision', requestId: id, code: 'internal_error', status: 500 },
    ]);
  });
});

test('however much is cut, a line keeps its code and the ids that it is found by', () => {
  const value = fc.oneof(hostile, fc.nat(), fc.array(hostile, { maxLength: 40 }));
  const head = { service: 'orders', level: 'WARN', message: 'decision' } as const;
  const ids = { requestId: SELF, invocationId: '7f4f1b2a-0d6e-4b7f-9c55-0123456789ab', code: 'path_invalid' };
  const many = (count: number) =>
    Object.fromEntries([...'x'.repeat(count)].map((_, index) => [`member${index}`, 'x'.repeat(100)]));
  fc.assert(
    fc.property(fc.dictionary(fc.string({ maxLength: 8 }), value, { maxKeys: 200 }), (fields) => {
      const line = boundedLogLine(head, { ...fields, ...ids });
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(4096);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(JSON.parse(line)).toMatchObject({ level: 'WARN', message: 'decision', ...ids });
    }),
    // Lines in which ids would be cut like the rest, and lines with nothing but ids left.
    { examples: [[many(50)], [many(300)]] },
  );
  const all: Outcome = {
    code: 'path_invalid',
    status: 400,
    reason: '"'.repeat(9000),
    route: '\\'.repeat(9000),
  };
  log.decision({ ...ids, method: 'x', path: '\u0001'.repeat(9000), traceId: '"'.repeat(9000) }, all, 1);
  expect(taken()).toMatchObject([ids]);
});
