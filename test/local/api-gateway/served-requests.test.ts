import { afterEach, expect, test } from '@jest/globals';
import { startApiGateway } from '../../../local/api-gateway/api-gateway.ts';
import { API_KINDS } from '../../../local/api-gateway/event.ts';
import type { FunctionOutcome } from '../../../local/lambda/function-pool.ts';
import type { LoopbackServer } from '../../../local/loopback-server.ts';
import type { ServedRequest } from '../../../local/stack-event.ts';
import { startUpstream } from '../../../local/upstream.ts';

const opened: LoopbackServer[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

const threw = (errorMessage: string): FunctionOutcome => ({
  kind: 'function-error',
  type: 'Error',
  body: Buffer.from(JSON.stringify({ errorType: 'Error', errorMessage })),
  invocationId: 'i',
});

async function served(outcome: FunctionOutcome, kind: (typeof API_KINDS)[number] = 'rest') {
  const requests: ServedRequest[] = [];
  const seen: string[] = [];
  const upstream = await startUpstream({ port: 0, onServed: ({ path }) => seen.push(path) });
  const gateway = await startApiGateway({
    kind,
    port: 0,
    place: { region: 'us-east-1', account: '123456789012' },
    upstream: `${upstream.origin}/base/`,
    onServed: (request) => requests.push(request),
    log: () => {},
    invoke: async () => outcome,
  });
  opened.push(upstream, gateway);
  await fetch(`${gateway.origin}/api/x?a=1`, { headers: { authorization: 'Bearer x' } });
  return { request: requests[0], seen };
}

test.each(API_KINDS)(
  'an authorizer of %s that throws "Unauthorized" has rejected the request, not failed',
  async (kind) => {
    const { request } = await served(threw('Unauthorized'), kind);
    expect(request).toEqual({ method: 'GET', path: '/api/x', status: 401, ms: expect.any(Number), invocationId: 'i' }); // biome-ignore format: one line
  },
);

test.each<[string, FunctionOutcome, string]>([
  ['throws anything else', threw('keys_unavailable'), 'the function threw Error: keys_unavailable'],
  ['is out of time', { kind: 'timeout', seconds: 3, invocationId: 'i' }, 'timed out after 3 s'],
])('an authorizer that %s counts as failed, with the reason', async (_, outcome, failure) => {
  expect((await served(outcome)).request).toMatchObject({ status: 500, failure });
});

test('sends an allowed request to the upstream below its base path', async () => {
  const body = Buffer.from('{"isAuthorized":true}');
  const { request, seen } = await served({ kind: 'response', body, invocationId: 'i' }, 'http');
  expect(request).toMatchObject({ status: 200, invocationId: 'i' });
  expect(seen).toEqual(['/base/api/x']);
});
