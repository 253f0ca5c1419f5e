import { expect, test } from '@jest/globals';
import { createReceivedRequests } from '../../../local/playground/received-requests.ts';

const received = (...headers: readonly [string, string][]) =>
  ({ method: 'GET', url: '/', headers, body: '', bodyEncoding: 'utf8', bodyLength: 0 }) as const;

test("finds a request by the function's id for it, in any letter case of the field", () => {
  const requests = createReceivedRequests();
  const one = received(['X-Request-Id', 'a']);
  requests.add(one);
  requests.add(received());
  expect([requests.find('a'), requests.find('b')]).toEqual([{ ...one, cut: false }, undefined]);
});

test('forgets the oldest requests, so that a stack can run for days', () => {
  const requests = createReceivedRequests();
  for (let id = 0; id < 1000; id++) requests.add(received(['x-request-id', String(id)]));
  expect(requests.find('999')).toBeDefined();
  expect(requests.find('0')).toBeUndefined();
});

test('keeps only the beginning of a long body', () => {
  const requests = createReceivedRequests();
  requests.add({ ...received(['x-request-id', 'a']), body: 'x'.repeat(1024 * 1024) });
  const { body, cut } = requests.find('a') ?? {};
  expect([body?.length, cut]).toEqual([256 * 1024, true]);
});
