import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { putResponse } from '../../../lambda/io/put-response.ts';
import { refusedUrl } from '../../support/raw-server.ts';
import {
  type RecordingUpstream,
  startRecordingUpstream,
  valuesOf,
} from '../../support/recording-upstream.ts';

const DOCUMENT = '{"Status":"SUCCESS"}';
const AMPLE_MS = 30_000;

let server: RecordingUpstream | undefined;
afterEach(async () => {
  jest.restoreAllMocks();
  await server?.close();
  server = undefined;
});

/** A server that responds with these statuses, one after the other. */
async function serving(...statuses: (number | 'hang up')[]) {
  server = await startRecordingUpstream((_request, response) => {
    const status = statuses.shift() ?? 200;
    if (status === 'hang up') response.destroy();
    else response.writeHead(status).end();
  });
  return server;
}

test('puts a document at the URL as it is signed, with its query and an empty content type', async () => {
  const { origin, received } = await serving();
  await putResponse(`${origin}/stack%7Cid?X-Amz-Signature=a%2Bb`, DOCUMENT, AMPLE_MS);
  const [request] = received;
  expect(request).toMatchObject({ method: 'PUT', target: '/stack%7Cid?X-Amz-Signature=a%2Bb' });
  expect(request?.body.toString()).toBe(DOCUMENT);
  expect(request && valuesOf(request, 'content-type')).toEqual(['']);
  expect(request && valuesOf(request, 'content-length')).toEqual([String(DOCUMENT.length)]);
  expect(received).toHaveLength(1);
});

test.each<[string, (number | 'hang up')[]]>([
  ['a fault of the server', [500, 503]],
  ['a connection that breaks', ['hang up']],
])('retries after %s', async (_, statuses) => {
  const attempts = statuses.length + 1;
  const { origin, received } = await serving(...statuses);
  await putResponse(`${origin}/answer`, DOCUMENT, AMPLE_MS);
  expect(received).toHaveLength(attempts);
  expect(received.at(-1)?.body.toString()).toBe(DOCUMENT);
});

/** Lets 10 s pass at each look at the clock, so that there is time for few attempts, and enough for each. */
function hurry(): void {
  let looks = 0;
  jest.spyOn(Date, 'now').mockImplementation(() => 10_000 * looks++);
}

describe('failing to put it is an error', () => {
  const failure = (url: string, ms: number) =>
    putResponse(url, DOCUMENT, ms).then(
      () => 'no error',
      (error: Error) => error.message,
    );

  test('with the last reason, and only the host of the URL', async () => {
    const { origin } = await serving(403, 403, 403, 403);
    hurry();
    const message = await failure(`${origin}/secret?X-Amz-Signature=SECRET`, AMPLE_MS);
    expect(message).toBe('The response could not be sent to CloudFormation at 127.0.0.1: status 403');
  });

  test('even if nobody listens, or no time is left', async () => {
    const { href } = await refusedUrl();
    hurry();
    expect(await failure(`${href}?SECRET`, AMPLE_MS)).toMatch(/127\.0\.0\.1: connect ECONNREFUSED/);
    expect(await failure(`${href}?SECRET`, -1)).toMatch(/there was no time left$/);
  });

  test.each([
    'http://cloudformation.example/x?SECRET',
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'SECRET',
    '',
  ])('and nothing is sent to %p', async (url) => {
    expect(await failure(url, AMPLE_MS)).toBe('ResponseURL is not an https URL, so no response was sent');
  });
});
