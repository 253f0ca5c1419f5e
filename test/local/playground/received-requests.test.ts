import { expect, test } from '@jest/globals';
import { createReceivedRequests } from '../../../local/playground/received-requests.ts';

const received = (...headers: readonly [string, string][]) =>
  ({ method: 'GET', url: '/', headers, body: '', bodyEncoding: 'utf8', bodyLength: 0 }) as const;

test('a request is found by the id that the function gave it, whatever the letter case of the field', () => {
  const requests = createReceivedRequests();
  const one = received(['X-Request-Id', 'a']);
  requests.add(one);
  requests.add(received());
  expect([requests.find('a'), requests.find('b')]).toEqual([{ ...one, cut: false }, undefined]);
});

test('the oldest are forgotten, so that a stack may run for days', () => {
  const requests = createReceivedRequests();
  for (let id = 0; id < 1000; id++) requests.add(received(['x-request-id', String(id)]));
  expect(requests.find('999')).toBeDefined();
  expect(requests.find('0')).toBeUndefined();
});

test('of a long body only the beginning is kept', () => {
  const requests = createReceivedRequests();
  requests.add({ ...received(['x-request-id', 'a']), body: 'x'.repeat(1024 * 1024) });
  const { body, cut } = requests.find('a') ?? {};
  expect([body?.length, cut]).toEqual([256 * 1024, true]);
});
