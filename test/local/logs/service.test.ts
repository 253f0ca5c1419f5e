import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetQueryResultsCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startAwsEndpoint } from '../../../local/aws-api/endpoint.ts';
import { parseFilterPattern } from '../../../local/logs/filter-pattern.ts';
import { createLogsService } from '../../../local/logs/service.ts';
import { createLogStore } from '../../../local/logs/store.ts';
import type { LoopbackServer } from '../../../local/loopback-server.ts';
import { AWS_CLI, aws } from '../../support/aws-cli.ts';
import { localClient } from '../../support/local-client.ts';

const GROUP = 'Stack-VerifierFunctionLogGroup00000000';
let clock = 1000;
const store = createLogStore(() => clock++);
const errors: string[] = [];
let server: LoopbackServer;
let client: CloudWatchLogsClient;

beforeAll(async () => {
  for (let index = 0; index < 60; index++) store.createGroup(`Other-${String(index).padStart(2, '0')}`);
  for (let index = 0; index < 10; index++) {
    store.append(
      GROUP,
      index % 2 === 0 ? 'even' : 'odd',
      JSON.stringify({ requestId: `id-${index}`, index }),
    );
  }
  store.append(GROUP, 'odd', 'REPORT RequestId: id-3');
  const service = createLogsService({
    region: 'us-east-1',
    account: '000000000000',
    store,
    eventsPerCall: 4,
  });
  server = await startAwsEndpoint({
    name: 'logs',
    port: 0,
    services: [service],
    log: (line) => errors.push(line),
  });
  client = new CloudWatchLogsClient(localClient(server.origin));
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

const filter = (input: Partial<FilterLogEventsCommandInput>) =>
  client.send(new FilterLogEventsCommand({ logGroupName: GROUP, ...input }));

/** Reads all pages, as a client must: a page may be empty without being the last. */
async function messagesOf(input: Partial<FilterLogEventsCommandInput>) {
  const messages: (string | undefined)[] = [];
  let pages = 0;
  let nextToken: string | undefined;
  do {
    const page = await filter({ ...input, nextToken });
    messages.push(...(page.events ?? []).map(({ message }) => message));
    nextToken = page.nextToken;
    pages++;
  } while (nextToken !== undefined);
  return { messages, pages };
}

describe('FilterLogEvents', () => {
  test('finds lines by a member, across pages, some of them empty', async () => {
    const { messages, pages } = await messagesOf({ filterPattern: '{ $.requestId = "id-9" }' });
    expect(messages).toEqual(['{"requestId":"id-9","index":9}']);
    expect(pages).toBe(3);
  });
  test('returns events as AWS does', async () => {
    const { events } = await filter({ filterPattern: '{ $.requestId = "id-2" }' });
    expect(events).toEqual([
      {
        eventId: expect.stringMatching(/^\d{56}$/),
        ingestionTime: expect.any(Number),
        logStreamName: 'even',
        message: '{"requestId":"id-2","index":2}',
        timestamp: expect.any(Number),
      },
    ]);
  });
  test('accepts times, streams, an ARN and a limit', async () => {
    const [{ timestamp = 0 } = {}] = (await filter({ filterPattern: '{ $.index = 3 }' })).events ?? [];
    expect((await messagesOf({ startTime: timestamp, endTime: timestamp })).messages).toHaveLength(1);
    expect((await messagesOf({ logStreamNames: ['even'] })).messages).toHaveLength(5);
    expect((await messagesOf({ logStreamNamePrefix: 'od', limit: 1 })).messages).toHaveLength(6);
    const logGroupIdentifier = `arn:aws:logs:us-east-1:000000000000:log-group:${GROUP}`;
    const page = await client.send(new FilterLogEventsCommand({ logGroupIdentifier }));
    expect(page.events).toHaveLength(4);
  });
  test.each([
    [{ logGroupName: 'none' }, 'ResourceNotFoundException'],
    [{ filterPattern: '{ $.requestId }' }, 'InvalidParameterException'],
    [{ nextToken: 'x' }, 'InvalidParameterException'],
    [{ limit: 10_001 }, 'InvalidParameterException'],
  ])('rejects %j', async (input, name) => {
    await expect(filter(input)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
    expect(errors.at(-1)).toContain(name);
  });
});

describe('a filter pattern', () => {
  const line = JSON.stringify({ requestId: 'a-1', code: 'x', nested: { n: 7 }, traceId: 'Self=a-1;Root=b' });
  test.each([
    ['', true],
    ['requestId', true],
    ['"a-1" "Root=b"', true],
    ['absent', false],
    ['{ $.requestId = "a-1" }', true],
    ['{ $.requestId = a-1 }', true],
    ['{ $.requestId = "a-" }', false],
    ['{ $.requestId = "A-1" }', false],
    ['{ $.requestId != "b" }', true],
    ['{ $.traceId = "*a-1*" }', true],
    ['{ $.traceId = "a-1*" }', false],
    ['{ $.nested.n = 7 }', true],
    ['{ $.none = "*" }', false],
    ['{ ($.requestId = "b") || ($.code = "x") }', true],
    ['{ $.requestId = "b" || $.code = "x" && $.nested.n = 8 }', false],
    ['{ ($.requestId = "b" || $.code = "x") && $.nested.n = 7 }', true],
  ])('%s: %s', (pattern, expected) => {
    expect(parseFilterPattern(pattern)?.(line)).toBe(expected);
  });
  test.each([
    '{',
    '{ }',
    '{ $.a }',
    '{ $.a = "x" ) }',
    '{ ($.a = "x" }',
    '{ $.a > 1 }',
    '[a, b]',
    '?a ?b',
    '%a%',
  ])('of any other form is rejected: %s', (pattern) => {
    expect(parseFilterPattern(pattern)).toBeUndefined();
  });
  test('matches any text at an asterisk', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '.', '\u{1f600}'), maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 4 }),
        fc.array(piece),
        piece,
        (parts, between, other) => {
          const matches = parseFilterPattern(`{ $.a = "${parts.join('*')}" }`);
          const whole = parts
            .map((part, index) => (index === 0 ? part : `${between[index] ?? ''}${part}`))
            .join('');
          expect(matches?.(JSON.stringify({ a: whole }))).toBe(true);
          const regex = new RegExp(`^${parts.map((part) => part.replaceAll('.', '\\.')).join('[^]*')}$`);
          expect(matches?.(JSON.stringify({ a: other }))).toBe(regex.test(other));
        },
      ),
    );
  });
  test('takes time linear in its length, however many asterisks and brackets it has', () => {
    const line = JSON.stringify({ a: 'a'.repeat(10_000) });
    expect(parseFilterPattern(`{ $.a = "${'*a'.repeat(500)}*b" }`)?.(line)).toBe(false);
    expect(parseFilterPattern(`{ ${'('.repeat(1000)} }`)).toBeUndefined();
    expect(parseFilterPattern(`{ ${'('.repeat(100_000)} }`)).toBeUndefined();
  });
  test('of members matches no line that is not an object', () => {
    const matches = parseFilterPattern('{ $.length != "x" }');
    for (const message of ['REPORT', '"text"', '[1]', 'null', '{']) expect(matches?.(message)).toBe(false);
  });
});

test('DescribeLogGroups lists groups by name prefix, in pages', async () => {
  const describeGroups = (logGroupNamePrefix: string, nextToken?: string) =>
    client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix, nextToken }));
  const { logGroups } = await describeGroups('Stack-');
  expect(logGroups).toEqual([
    expect.objectContaining({ logGroupName: GROUP, creationTime: expect.any(Number) }),
  ]);
  const first = await describeGroups('Other-');
  expect(first.logGroups).toHaveLength(50);
  const second = await describeGroups('Other-', first.nextToken);
  expect([second.logGroups?.length, second.nextToken]).toEqual([10, undefined]);
});

test('runs a query of Logs Insights at once, over the lines between two times', async () => {
  const start = (queryString: string, times = { startTime: 0, endTime: 2000 }) =>
    client.send(new StartQueryCommand({ logGroupName: GROUP, ...times, queryString }));
  const results = async (query: Promise<{ queryId?: string | undefined }>) =>
    (await client.send(new GetQueryResultsCommand({ queryId: (await query).queryId }))).results;
  const query = 'filter index > 7 | stats count(*) as lines, latest(requestId) as last by service';
  expect(await results(start(query))).toEqual([
    [
      { field: 'lines', value: '2' },
      { field: 'last', value: 'id-9' },
    ],
  ]);
  expect(await results(start(query, { startTime: 0, endTime: 0 }))).toEqual([]);
  await expect(start('dedup a')).rejects.toMatchObject({ name: 'MalformedQueryException' });
  await expect(results(Promise.resolve({ queryId: 'x' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('drops the oldest lines to make room for new ones', () => {
  const small = createLogStore(() => 0, 10_000);
  for (let index = 0; index < 1000; index++) small.append('group', 'stream', String(index).padStart(100));
  const kept = small.eventsOf('group');
  expect(kept.at(-1)?.message.trim()).toBe('999');
  expect(kept.length).toBeLessThan(34);
  small.append('group', 'stream', 'x'.repeat(20_000));
  expect(small.eventsOf('group')).toEqual([]);
});

(AWS_CLI ? test : test.skip)('the AWS CLI reads it', async () => {
  const found = await aws(
    server.origin,
    'logs',
    'filter-log-events',
    '--log-group-name',
    GROUP,
    '--filter-pattern',
    '{ $.requestId = "id-9" }',
  );
  expect(JSON.parse(found).events).toMatchObject([{ message: '{"requestId":"id-9","index":9}' }]);
});
