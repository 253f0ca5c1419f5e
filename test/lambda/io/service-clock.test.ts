import { expect, test } from '@jest/globals';
import { createServiceClock } from '../../../lambda/io/service-clock.ts';

const TRUE = Date.UTC(2026, 10, 25, 12, 0, 0);
const URL_OF_SERVICE = new URL('https://service.example/');

/** A machine whose clock is ahead by this many milliseconds, and a service whose responses have this Date. */
async function timeAfter(aheadMs: number, date: string | undefined): Promise<number> {
  const headers: [string, string][] = date === undefined ? [] : [['date', date]];
  const clock = createServiceClock(
    async () => ({ status: 404, headers, body: Buffer.of() }),
    () => TRUE + aheadMs,
  );
  await clock.send(URL_OF_SERVICE, { method: 'GET', timeoutMs: 1, maxBytes: 1 });
  return clock.now();
}

test.each([
  ['a year ahead', 365 * 86_400_000],
  ['an hour behind', -3_600_000],
  ['a minute ahead', 60_000],
])('a clock that is %s does not matter once the service has responded', async (_, aheadMs) => {
  expect(await timeAfter(aheadMs, new Date(TRUE).toUTCString())).toBe(TRUE);
});

test.each([
  ['that is off by a second stays as it is', 1_000, new Date(TRUE).toUTCString()],
  ['continues if the response has no date', 60_000, undefined],
  ['continues if the date is malformed', 60_000, 'yesterday'],
])('a clock %s', async (_, aheadMs, date) => {
  expect(await timeAfter(aheadMs, date)).toBe(TRUE + aheadMs);
});
