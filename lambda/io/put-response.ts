import { setTimeout as sleep } from 'node:timers/promises';
import { exchange } from './http-client.ts';

/** For one attempt, in ms. */
const ATTEMPT_TIMEOUT_MS = 4_000;

/**
 * With less time than this there is no further attempt, in ms: its timeout would hide why the previous one failed.
 */
const MIN_ATTEMPT_MS = 20;

/** Between two attempts, in ms: doubled each time. */
const PAUSE_MS = { first: 250, most: 2_000 };

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Puts a document at a signed URL, and retries until it succeeds or `deadlineMs` have passed. The error names only
 * the URL's host, because the query is a credential.
 */
export async function putResponse(url: string, document: string, deadlineMs: number): Promise<void> {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  const allowed =
    target?.protocol === 'https:' || (target?.protocol === 'http:' && LOOPBACK.test(target.hostname));
  if (target === undefined || !allowed)
    throw new Error('ResponseURL is not an https URL, so no response was sent');

  const body = Buffer.from(document);
  const until = Date.now() + deadlineMs;
  let last = 'there was no time left';
  for (
    let pause = PAUSE_MS.first;
    until - Date.now() >= MIN_ATTEMPT_MS;
    pause = Math.min(PAUSE_MS.most, 2 * pause)
  ) {
    try {
      const { status } = await exchange(target, {
        method: 'PUT',
        target: target.pathname + target.search,
        headers: [
          ['host', target.host],
          // The URL is signed for an empty Content-Type.
          ['content-type', ''],
          ['content-length', String(body.length)],
        ],
        body,
        newSocket: true,
        timeoutMs: Math.min(ATTEMPT_TIMEOUT_MS, until - Date.now()),
        maxBytes: 64 * 1024,
      });
      if (status >= 200 && status < 300) return;
      last = `status ${status}`;
    } catch (error) {
      last = (error as Error).message;
    }
    await sleep(Math.min(pause, Math.max(0, until - Date.now())));
  }
  throw new Error(`The response could not be sent to CloudFormation at ${target.hostname}: ${last}`);
}
