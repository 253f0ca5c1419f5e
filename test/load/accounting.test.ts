import { describe, expect, test } from '@jest/globals';
import {
  causeOf,
  type Exchange,
  type FaultSpan,
  growth,
  KINDS,
  type Kind,
  kindAt,
  quantile,
  tally,
} from './accounting.ts';

const exchangeOf = (overrides: Partial<Exchange> = {}): Exchange => ({
  kind: 'good',
  startedAt: 100,
  endedAt: 110,
  response: { status: 200 },
  own: true,
  ...overrides,
});
const during = (fault: FaultSpan['fault']): FaultSpan[] => [{ fault, from: 105, until: 200 }];
const upstreamError = { status: 502, code: 'upstream_error' };
const keysUnavailable = { status: 503, code: 'keys_unavailable' };

describe('a response is explained', () => {
  test('by the request, if it is the expected response', () => {
    expect(causeOf(exchangeOf(), [])).toBe('as asked for');
  });

  test.each<[Kind, FaultSpan['fault'], NonNullable<Exchange['response']>, string]>([
    ['good', 'upstream', upstreamError, 'the upstream was down'],
    ['good', 'function', { status: 502 }, 'the function was killed'],
    ['no token', 'function', { status: 502 }, 'the function was killed'],
    ['unknown key', 'keys', keysUnavailable, 'the key endpoint was down'],
  ])('by a fault during the request: %s while the %s is down', (kind, fault, response, cause) => {
    expect(causeOf(exchangeOf({ kind, response }), during(fault))).toBe(cause);
  });
});

describe('a response is not explained', () => {
  test.each<[string, Partial<Exchange>, FaultSpan[]]>([
    ['if there is none', { response: undefined }, during('upstream')],
    ['if it belongs to another request', { own: false }, []],
    [
      'by a fault that is over',
      { response: upstreamError, startedAt: 201, endedAt: 202 },
      during('upstream'),
    ],
    ['by a later fault', { response: upstreamError, startedAt: 1, endedAt: 104 }, during('upstream')],
    ['by a fault of another part', { response: upstreamError }, during('keys')],
    [
      "by SSM's fault, because the last configuration stays in force",
      { response: { status: 503 } },
      during('ssm'),
    ],
    [
      "by the upstream's fault, if the request does not need the upstream",
      { kind: 'no token', response: upstreamError },
      during('upstream'),
    ],
    [
      "by the function's fault, if the load balancer responds itself",
      { kind: 'no rule for it', response: { status: 502 } },
      during('function'),
    ],
    ['if a bad token was allowed', { kind: 'bad signature' }, during('keys')],
    [
      'where the status is right and the code is not',
      { kind: 'no token', response: { status: 401, code: 'key_unknown' } },
      [],
    ],
  ])('%s', (_, exchange, faults) => {
    expect(causeOf(exchangeOf(exchange), faults)).toBeUndefined();
  });
});

test('the tally has a line per request, response and cause, and counts every exchange', () => {
  const exchanges = [
    exchangeOf(),
    exchangeOf(),
    exchangeOf({ response: upstreamError }),
    exchangeOf({ response: undefined }),
    exchangeOf({ kind: 'no token', response: { status: 401, code: 'token_missing' } }),
  ];
  expect(tally(exchanges, during('upstream'))).toEqual([
    { kind: 'good', status: 200, code: undefined, cause: 'as asked for', count: 2 },
    { kind: 'good', ...upstreamError, cause: 'the upstream was down', count: 1 },
    { kind: 'good', status: undefined, code: undefined, cause: undefined, count: 1 },
    { kind: 'no token', status: 401, code: 'token_missing', cause: 'as asked for', count: 1 },
  ]);
});

test('a quantile is the value that this share of the values does not exceed', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([quantile(values, 0), quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).toEqual([
    1, 51, 100, 100,
  ]);
  expect(quantile([], 0.5)).toBeNaN();
});

test('growth is the growth of the process that grew most after its warm-up', () => {
  const samplesOf = (pid: number, megabytes: number[]) =>
    megabytes.map((value, at) => ({ at, pid, megabytes: value }));
  const flat = samplesOf(1, [10, 20, 30, 40, 50, 50, 50, 50]);
  const leaking = samplesOf(2, [50, 60, 70, 80, 90, 100, 110, 120]);
  expect(growth(flat)).toBe(0);
  expect(growth([...flat, ...leaking])).toBe(20);
  expect(growth(samplesOf(3, [1, 2, 3]))).toBeNaN();
});

test('the mix contains every kind of request', () => {
  const parts = Array.from({ length: 1000 }, (_, index) => index / 1000);
  expect(new Set(parts.map(kindAt))).toEqual(new Set(Object.keys(KINDS)));
});
