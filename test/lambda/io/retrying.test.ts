import { describe, expect, test } from '@jest/globals';
import { ClientError } from '../../../lambda/io/http-client.ts';
import { type RetryRules, retrying } from '../../../lambda/io/retrying.ts';
import { ServiceError } from '../../../lambda/io/service-error.ts';
import { failureOf } from '../../support/aws-responses.ts';

const RULES: RetryRules = { attempts: 5, deadlineMs: 60_000, attemptTimeoutMs: 700 };
const BUSY = new ServiceError('SSM is busy', 400, 'ThrottlingException');

/** Runs attempts with these results, each after some time, with a clock that only they and the pauses advance. */
async function run(
  outcomes: (Error | string)[],
  {
    rules = {},
    random = 1,
    takesMs = 10,
  }: { rules?: Partial<RetryRules>; random?: number; takesMs?: number } = {},
) {
  let now = 0;
  const timeouts: number[] = [];
  const pauses: number[] = [];
  const result = await retrying(
    async (timeoutMs) => {
      timeouts.push(timeoutMs);
      now += takesMs;
      const outcome = outcomes[Math.min(timeouts.length, outcomes.length) - 1];
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
    { ...RULES, ...rules },
    {
      now: () => now,
      random: () => random,
      sleep: async (ms) => {
        pauses.push(ms);
        now += ms;
      },
    },
  ).catch((error: Error) => error);
  return { result, timeouts, pauses, now };
}

describe('a passing error is retried:', () => {
  test.each([
    ['a throttled request', BUSY],
    ['S3 that asks to slow down', new ServiceError('', 400, 'SlowDown')],
    ['a limit', new ServiceError('', 400, 'RequestLimitExceeded')],
    ['too many requests, by name', new ServiceError('', 400, 'TooManyRequestsException')],
    ['too many requests, by status', new ServiceError('', 429)],
    ['a request that came too slowly', new ServiceError('', 400, 'RequestTimeout')],
    ['an internal error', new ServiceError('', 500, 'InternalError')],
    ['a service that is unavailable', new ServiceError('', 503)],
    ['a dropped connection', new ClientError('connection', 'ECONNRESET')],
    ['silence', new ClientError('timeout', 'no complete response within 700 ms')],
  ])('%s', async (_, error) => {
    const { result, timeouts } = await run([error, error, 'done']);
    expect(result).toBe('done');
    expect(timeouts).toHaveLength(3);
  });
});

describe('a final error is not:', () => {
  test.each([
    ['a missing permission', new ServiceError('', 400, 'AccessDeniedException')],
    ['a wrong signature', new ServiceError('', 403, 'SignatureDoesNotMatch')],
    ['an unknown key', new ServiceError('', 400, 'UnrecognizedClientException')],
    ['a redirect', new ServiceError('', 301, 'PermanentRedirect')],
    ['a response that is too large', new ClientError('too-large', 'the body is over 1 bytes')],
    ['a malformed response', new Error('the response is malformed')],
    ['a bug', new TypeError('x is not a function')],
  ])('%s', async (_, error) => {
    const { result, timeouts } = await run([error, 'done']);
    expect(result).toBe(error);
    expect(timeouts).toHaveLength(1);
  });
  test('even after passing errors', async () => {
    const final = new ServiceError('', 400, 'AccessDeniedException');
    expect((await run([BUSY, final, 'done'])).result).toBe(final);
  });
});

test('pauses double up to a limit, and each is a random part of that', async () => {
  const attempts = { attempts: 8 };
  expect((await run([BUSY], { rules: attempts })).pauses).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
  expect((await run([BUSY], { rules: attempts, random: 0.5 })).pauses).toEqual([
    50, 100, 200, 400, 800, 1000, 1000,
  ]);
  expect((await run([BUSY], { rules: attempts, random: 0 })).pauses).toEqual(Array(7).fill(0));
});

test('there are no more attempts than allowed, and the last error says how many', async () => {
  const last = new ServiceError('SSM is down', 500);
  const { result, timeouts } = await run([BUSY, BUSY, last], { rules: { attempts: 3 } });
  expect(timeouts).toHaveLength(3);
  expect(result).toEqual(new Error('SSM is down (after 3 attempts)'));
  expect((result as Error).cause).toBe(last);
});

test('a single attempt leaves its error unchanged', async () => {
  expect((await run([BUSY], { rules: { attempts: 1 } })).result).toBe(BUSY);
});

describe('when the time is nearly up', () => {
  test('an attempt gets the time left', async () => {
    const { timeouts, result } = await run([BUSY, BUSY, 'done'], {
      rules: { deadlineMs: 1500 },
      takesMs: 600,
      random: 0,
    });
    expect(timeouts).toEqual([700, 700, 300]);
    expect(result).toBe('done');
  });
  test('makes no attempt that could only hide why the last one failed', async () => {
    const { timeouts, result, now } = await run([BUSY, 'done'], {
      rules: { deadlineMs: 750 },
      takesMs: 601,
      random: 0,
    });
    expect(timeouts).toEqual([700]);
    expect(result).toBe(BUSY);
    expect(now).toBe(601);
  });
  test('makes no pause that would only end after it', async () => {
    const { pauses, result, now } = await run([BUSY], { rules: { deadlineMs: 600 }, takesMs: 50 });
    expect(pauses).toEqual([100, 200]);
    expect(now).toBe(450);
    expect(result).toEqual(new Error('SSM is busy (after 3 attempts)'));
  });
});

test('the real clock is used unless a test gives one', async () => {
  let tried = 0;
  const attempt = async () => {
    tried += 1;
    if (tried < 3) throw BUSY;
    return tried;
  };
  expect(await retrying(attempt, RULES)).toBe(3);
  const failing = () => Promise.reject(BUSY);
  expect((await failureOf(retrying(failing, { ...RULES, deadlineMs: 50 }))).message).toBe('SSM is busy');
});
