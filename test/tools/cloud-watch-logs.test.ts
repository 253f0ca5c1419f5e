import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogs } from '../../tools/cloud-watch-logs.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';

type Input = Readonly<Record<string, unknown>>;

let respond: (operation: string, input: Input) => { status?: number; body: object } | 'silence' | 'half';
let service: RecordingUpstream;
beforeEach(async () => {
  service = await startRecordingUpstream(({ headers, body }, response) => {
    const [, target = ''] = headers.find(([name]) => name.toLowerCase() === 'x-amz-target') ?? [];
    const given = respond(target.replace(/^.*\./, ''), JSON.parse(body.toString()));
    if (given === 'silence') return;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (given === 'half') response.writeHead(200, { 'content-length': '1000' }).write('{');
    else response.writeHead(given.status ?? 200).end(JSON.stringify(given.body));
  });
});
afterEach(() => service.close());

const IDENTITY = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
const before = { ...process.env };
beforeAll(() => void Object.assign(process.env, IDENTITY));
afterAll(() => {
  process.env = before;
});

const logs = (timeoutMs?: number) => createLogs(new URL(service.origin), timeoutMs);
const search = (...groups: string[]) => ({ groups, pattern: '{ $.a = "b" }', from: 0, until: 1 });
const eventsOf = (text: string, count = 1) =>
  Array.from({ length: count }, () => ({ logStreamName: 's', timestamp: 1, message: text }));

test('lines that fill one group hide nothing in another', async () => {
  respond = (_, { logGroupName, nextToken }) =>
    logGroupName === 'flooded'
      ? { body: { events: eventsOf('x', 4000), nextToken: `${nextToken ?? ''}a` } }
      : { body: { events: eventsOf('the decision') } };
  const { lines, complete } = await logs().find(search('flooded', 'quiet'));
  expect(complete).toBe(false);
  expect(lines.filter(({ text }) => text === 'the decision')).toHaveLength(1);
});

test('reads a group once even if it is named twice', async () => {
  respond = () => ({ body: { events: eventsOf('x') } });
  expect((await logs().find(search('a', 'a'))).lines).toHaveLength(1);
});

describe('paging comes to an end', () => {
  test.each([['a'], ['a', 'b', 'c']])(
    'where the service gives these tokens again and again: %s',
    async (...tokens) => {
      let calls = 0;
      respond = () => ({ body: { nextToken: tokens[calls++ % tokens.length], logGroups: [], events: [] } });
      expect(await logs().find(search('g'))).toEqual({ lines: [], complete: false });
      expect(await logs().groupsOf('g')).toEqual([]);
      expect(calls).toBeLessThan(20);
    },
  );
});

describe('reports a service that does not respond, instead of waiting for it', () => {
  test.each(['silence', 'half'] as const)('%s', async (kind) => {
    respond = () => kind;
    await expect(logs(200).groupsOf('g')).rejects.toThrow(
      `The names of the log groups g* could not be read: ${new URL(service.origin).origin} does not respond in time`,
    );
  });
});

test('shows only the first line of an error, because the rest repeats the request with its session token', async () => {
  const message =
    "The request signature we calculated does not match.\n\nThe Canonical String should have been\n'POST\nx-amz-security-token:SECRET'";
  respond = () => ({ status: 400, body: { __type: 'InvalidSignatureException', message } });
  await expect(logs().find(search('g'))).rejects.toThrow(
    /^The log group g could not be read: AWS does not accept the signature of the request\. [^\n]*$/,
  );
});
