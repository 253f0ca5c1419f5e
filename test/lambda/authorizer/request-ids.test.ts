import { expect, test } from '@jest/globals';
import {
  appSyncEvent,
  httpApiV1Event,
  httpApiV2Event,
  restRequestEvent,
  restTokenEvent,
  webSocketEvent,
} from '../../support/authorizer-events.ts';
import { createWorld } from '../../support/world.ts';

const UUID = '7f4f1b2a-0d6e-4b7f-9c55-0123456789ab';
const EXTENDED = 'JKJaXmPLvHcESHA=';
const TRACE = '1-67891233-abcdef012345678912345678';
const traced = { 'X-Amzn-Trace-Id': `Root=${TRACE}` };

type Ids = { readonly requestId?: unknown; readonly extendedRequestId?: unknown };

const rest = (ids: Ids, headers = {}) =>
  restRequestEvent(undefined, { headers, multiValueHeaders: {}, requestContext: ids });

async function loggedOf(event: object) {
  const world = createWorld();
  await world.ask(event).catch(() => {});
  return world.decisions.at(-1)?.request;
}

test.each<[string, object, string]>([
  ['a REST API', rest({ requestId: UUID, extendedRequestId: EXTENDED }, traced), UUID],
  ['an HTTP API with format 1.0', httpApiV1Event('', { requestContext: { requestId: EXTENDED } }), EXTENDED],
  [
    'an HTTP API with format 2.0',
    httpApiV2Event('', { requestContext: { requestId: EXTENDED, http: { method: 'GET' } } }),
    EXTENDED,
  ],
  [
    'a WebSocket API',
    { ...webSocketEvent(''), requestContext: { eventType: 'CONNECT', requestId: EXTENDED } },
    EXTENDED,
  ],
  ['AppSync', appSyncEvent(''), appSyncEvent('').requestContext.requestId],
])("an authorizer's log line has the id that the caller gets from %s", async (_, event, id) => {
  expect(await loggedOf(event)).toMatchObject({ requestId: id, invocationId: 'request-1' });
});

test("the log line also has the REST API's id that a client cannot choose", async () => {
  expect(await loggedOf(rest({ requestId: UUID, extendedRequestId: EXTENDED }))).toMatchObject({
    requestId: UUID,
    extendedRequestId: EXTENDED,
  });
  const alone = await loggedOf(rest({ requestId: EXTENDED, extendedRequestId: EXTENDED }));
  expect(alone?.extendedRequestId).toBeUndefined();
});

test('a TOKEN authorizer gets no id, so its log line has that of the invocation', async () => {
  expect(await loggedOf(restTokenEvent(''))).toMatchObject({
    requestId: 'request-1',
    invocationId: 'request-1',
  });
});

test.each<[string, Ids, string]>([
  ['the extended one', { requestId: 'x'.repeat(40), extendedRequestId: EXTENDED }, EXTENDED],
  ['that of the trace', { requestId: `${UUID}\n`, extendedRequestId: `${EXTENDED}"` }, TRACE],
  ["the trace's, if the event has none", { requestId: null }, TRACE],
])("an id that has no API's form gives way to %s", async (_, ids, id) => {
  expect(await loggedOf(rest(ids, traced))).toMatchObject({ requestId: id });
});
