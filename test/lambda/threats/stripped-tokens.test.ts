import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createKey } from '../../support/keys.ts';
import { startRecordingUpstream } from '../../support/recording-upstream.ts';
import { mint } from '../../support/tokens.ts';
import { createWorld, type World } from '../../support/world.ts';

const KEY = createKey();
const GOOD = `Bearer ${mint(KEY)}`;
const STAFF = {
  type: 'verified-access',
  instanceArn: 'arn:aws:ec2:us-east-1:123456789012:verified-access-instance/vai-0123456789abcdef0',
};

let upstream: Awaited<ReturnType<typeof startRecordingUpstream>>;
let world: World;
beforeEach(async () => {
  upstream = await startRecordingUpstream();
  world = createWorld(KEY);
  world.parameters.upstream = upstream.origin;
});
afterEach(() => upstream.close());

/** What the upstream gets as Authorization from a request under this route. */
async function forwarded(route: object, authorization: string): Promise<string | undefined> {
  const policy = { providers: { staff: STAFF }, routes: [{ path: '/api/*', ...route }] };
  world.parameters.policy = JSON.stringify(policy);
  const response = await world.call({ headers: { authorization } });
  expect(response.status).toBe(200);
  return upstream.received[0]?.headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1];
}

test('a verified token is forwarded as it is, unless the route strips it', async () => {
  expect(await forwarded({}, GOOD)).toBe(GOOD);
});

test.each([
  ['verified', {}],
  ['let through by a dry run', { mode: 'report-only' }],
])('a token that is %s is not forwarded if the route strips it', async (_what, route) => {
  expect(await forwarded({ ...route, stripToken: true }, GOOD)).toBeUndefined();
});

test('a dry run leaves a token that it lets through unchanged', async () => {
  expect(await forwarded({ mode: 'report-only' }, 'Bearer x.y.z')).toBe('Bearer x.y.z');
});

test.each(['Bearer x.y.z', 'bearer x', 'Basic eDp5, Bearer x.y.z'])(
  'a bearer token that no provider of the route verifies is not forwarded: %s',
  async (authorization) => {
    const route = { providers: ['staff'], onUnauthenticatedRequest: 'allow' };
    expect(await forwarded(route, authorization)).toBeUndefined();
  },
);

test('credentials with another scheme are not ours, and are forwarded', async () => {
  const route = { providers: ['staff'], onUnauthenticatedRequest: 'allow' };
  expect(await forwarded(route, 'Basic eDp5')).toBe('Basic eDp5');
});
