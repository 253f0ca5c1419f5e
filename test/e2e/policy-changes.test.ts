import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually } from '../support/local-stack-fixtures.ts';

let stack: TestStack;
let token: string;

beforeAll(async () => {
  // One environment, because each keeps the last good policy that it has seen.
  stack = await startTestStack({ functions: { maxEnvironments: 1 } });
  token = await stack.token();
});
beforeEach(async () => {
  stack.setParameter('policy', '{}');
  await eventually(() => statusOf('/api/reports/1', token), is(200));
});
afterAll(() => stack.close());

const statusOf = async (path: string, bearer?: string) => (await stack.call(path, bearer)).status;
const is = (wanted: number) => (status: number) => status === wanted;
const put = (policy: unknown) =>
  stack.setParameter('policy', typeof policy === 'string' ? policy : JSON.stringify(policy));

/** Calls with a good token, one call after the other, until the work is done; returns every status. */
async function underLoad(work: () => Promise<void>): Promise<Set<number>> {
  let working = true;
  const statuses = new Set<number>();
  const caller = async () => {
    while (working) statuses.add(await statusOf('/api/anything', token));
  };
  const callers = [caller(), caller()];
  await work().finally(() => {
    working = false;
  });
  await Promise.all(callers);
  return statuses;
}

test('a new policy takes effect without a restart, and no request fails meanwhile', async () => {
  const statuses = await underLoad(async () => {
    put({ routes: [{ path: '/api/reports/*', scopes: ['reports:read'] }] });
    await eventually(() => statusOf('/api/reports/1', token), is(403));
  });
  expect([...statuses]).toEqual([200]);
});

test('a broken policy is rejected with all its problems in the log, and traffic continues under the previous one', async () => {
  put({ routes: [{ path: '/api/reports/*', scopes: ['reports:read'] }] });
  await eventually(() => statusOf('/api/reports/1', token), is(403));
  const before = stack.lines.length;

  const statuses = await underLoad(async () => {
    put({ routes: [{ path: '/api/reports/*', scope: [] }, { path: 'api' }], mode: 'off' });
    const printed = () => stack.lines.slice(before).map(({ text }) => text);
    const line = await eventually(
      () => printed().find((text) => text.includes('configuration rejected')) ?? '',
      (text) => text !== '',
    );
    expect(JSON.parse(line)).toMatchObject({
      level: 'ERROR',
      message: 'configuration rejected; the last valid values stay in force',
      problems: [
        '/alb-jwt-authorizer/policy: mode: must be "enforce" or "report-only"',
        '/alb-jwt-authorizer/policy: routes.0.scope: is not a known field; did you mean "scopes"?',
        '/alb-jwt-authorizer/policy: routes.1.path: must begin with a slash and have no spaces, such as "/api/orders/*"',
      ],
    });
  });
  expect([...statuses]).toEqual([200]);
  expect(await statusOf('/api/reports/1', token)).toBe(403);
});

test('report-only can be turned on and off under load without failing a request', async () => {
  const statuses = await underLoad(async () => {
    expect(await statusOf('/api/anything', 'x.y.z')).toBe(401);
    put({ mode: 'report-only' });
    await eventually(() => statusOf('/api/anything', 'x.y.z'), is(200));
    put({});
    await eventually(() => statusOf('/api/anything', 'x.y.z'), is(401));
  });
  expect([...statuses]).toEqual([200]);
  const reported = stack.lines.filter(({ text }) => text.includes('"reported":"token_malformed"'));
  expect(reported.length).toBeGreaterThan(0);
});
