import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { requestIdOf } from '../../lambda/core/http/request-id.ts';
import { createKey } from '../support/keys.ts';
import { startRecordingUpstream, valuesOf } from '../support/recording-upstream.ts';
import { mint } from '../support/tokens.ts';
import { createWorld, type World } from '../support/world.ts';

const SELF = '1-67891234-12456789abcdef0123456789';
const ROOT = '1-67891233-abcdef012345678912345678';
const KEY = createKey();
const GOOD = { authorization: `Bearer ${mint(KEY)}` };

let upstream: Awaited<ReturnType<typeof startRecordingUpstream>>;
let world: World;
beforeEach(async () => {
  upstream = await startRecordingUpstream((_request, response) =>
    response.setHeader('X-Request-Id', 'of the upstream').end('ok'),
  );
  world = createWorld(KEY);
  world.parameters.upstream = upstream.origin;
});
afterEach(() => upstream.close());

/** The id in the response, the log and at the upstream; each must have exactly one. */
async function idsOf(headers: Record<string, string | readonly string[]>) {
  const response = await world.call({ headers });
  const logged = world.decisions.at(-1)?.request.requestId;
  const sent = upstream.received.splice(0).flatMap((request) => valuesOf(request, 'x-request-id'));
  return { returned: response.headers['x-request-id'], logged, sent, body: response.body };
}

describe('a request has the same id in its response, in the log and at the upstream', () => {
  test.each<[string, string | undefined, string]>([
    ["the load balancer's id", `Self=${SELF};Root=${ROOT}`, SELF],
    ['the same in another order', `Root=${ROOT};Parent=x;Self=${SELF};Sampled=1`, SELF],
    ['the root of a trace, if there is nothing else', `Root=${ROOT};Parent=53995c3f42cd8ad8;Sampled=0`, ROOT],
    ["the invocation's id, if there is no trace", undefined, 'request-1'],
    ["the invocation's id, if the trace header is invalid", `Self=x;Root=${ROOT}`, 'request-1'],
    ["the invocation's id, if the trace header has two", `Self=${SELF};Self=${ROOT}`, 'request-1'],
    ["the invocation's id, if only a part of the text is an id", `Root=${ROOT}0;x`, 'request-1'],
    ["the invocation's id, if the root is in upper case", `Root=${ROOT.toUpperCase()}`, 'request-1'],
  ])('%s', async (_, trace, id) => {
    const traced = trace === undefined ? {} : { 'x-amzn-trace-id': trace };
    expect(await idsOf({ ...GOOD, ...traced })).toMatchObject({ returned: [id], logged: id, sent: [id] });
    const rejected = await idsOf(traced);
    expect(rejected).toMatchObject({ returned: [id], logged: id, sent: [], body: { requestId: id } });
  });
  test('and the invocation beside it', async () => {
    await idsOf({ 'x-amzn-trace-id': `Self=${SELF};Root=${ROOT}` });
    expect(world.decisions.at(-1)?.request).toMatchObject({ requestId: SELF, invocationId: 'request-1' });
  });
  test('and two trace headers count as none', async () => {
    const fields = { 'x-amzn-trace-id': [`Self=${SELF}`, `Root=${ROOT}`] };
    expect(await idsOf({ ...GOOD, ...fields })).toMatchObject({ returned: ['request-1'] });
  });
});

test.each(['x-request-id', 'X-Request-ID', 'x_request_id', 'X.Request.Id'])(
  "a client's own %s never replaces it",
  async (name) => {
    const { returned, logged, sent } = await idsOf({ ...GOOD, [name]: 'of the client' });
    expect([returned, logged, sent]).toEqual([['request-1'], 'request-1', ['request-1']]);
  },
);

test("whatever the trace header says, the id is strictly valid or the invocation's", () => {
  const part = fc.oneof(
    fc.constantFrom(
      `Self=${SELF}`,
      `Root=${ROOT}`,
      'Self=',
      'Root',
      `Self =${SELF}`,
      `self=${SELF}`,
      ';',
      ' ',
      '=',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), fc.constantFrom(';', '; ', ''), (parts, separator) => {
      const id = requestIdOf([['x-amzn-trace-id', parts.join(separator)]], 'invocation');
      expect(['invocation', SELF, ROOT]).toContain(id);
    }),
  );
});

test('the type of a rejection points to where the operator publishes what codes mean', async () => {
  world.parameters.policy = JSON.stringify({ problemTypes: 'https://docs.example.com/errors#' });
  const response = await world.call();
  expect(response.body).toEqual({
    type: 'https://docs.example.com/errors#token_missing',
    title: 'Unauthorized',
    status: 401,
    detail: 'A bearer token is required',
    code: 'token_missing',
    requestId: 'request-1',
  });
});
