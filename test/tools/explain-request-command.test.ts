import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startAwsEndpoint } from '../../local/aws-api/endpoint.ts';
import { createLogsService } from '../../local/logs/service.ts';
import { createLogStore } from '../../local/logs/store.ts';
import type { LoopbackServer } from '../../local/loopback-server.ts';
import { bugLine, decisionLine, ID, metricLine } from './explain-request-examples.ts';
import { runTool } from './run-tool.ts';

const GROUP = 'Orders-VerifierFunctionLogGroup92A8D27A-k3Xw0tQ7Zr1P';
const UUID = '7f4f1b2a-0d6e-4b7f-9c55-0123456789ab';

let clock = Date.now() - 2 * 3_600_000;
const store = createLogStore(() => clock);
let endpoint: LoopbackServer;
beforeAll(async () => {
  const write = (line: { text: string }, group = GROUP) => store.append(group, 'stream', line.text);
  write(decisionLine({}, { requestId: UUID, traceId: 'x' }));
  clock = Date.now();
  for (let index = 0; index < 30; index++) write(metricLine());
  write(bugLine());
  write(decisionLine({ code: 'internal_error', status: 500 }));
  write(decisionLine(), 'Orders-ConfigurationLogGroupE68EF30F-k3Xw0tQ7Zr1P');
  write(decisionLine(), 'Orders-two-VerifierFunctionLogGroup92A8D27A-k3Xw0tQ7Zr1P');
  endpoint = await startAwsEndpoint({
    name: 'logs',
    port: 0,
    services: [createLogsService({ region: 'us-east-1', account: '000000000000', store, eventsPerCall: 7 })],
    log: () => {},
  });
});
afterAll(() => endpoint.close());

const ask = (...args: string[]) => runTool('explain', [...args, '--endpoint-url', endpoint.origin]);

describe('a decision is found by', () => {
  test("its ID, in the stack's log groups, across all pages", async () => {
    const { status, stdout, stderr } = await ask('--request-id', ID, '--stack', 'Orders');
    expect(stderr).toBe('');
    expect(stdout).toContain(`Searched  ${GROUP}, us-east-1\n`);
    expect(stdout).toContain('Verdict   500 internal_error: The request could not be handled\n');
    expect(stdout).toContain('Further lines of this request\n');
    expect(stdout).not.toContain('decisions have this id');
    expect(status).toBe(0);
  });
  test('the trace ID of the access log, in a named log group', async () => {
    const id = `Self=${ID};Root=1-67891233-abcdef012345678912345678`;
    const { status, stdout } = await ask('--request-id', id, '--log-group', GROUP, '--json');
    const { requestId, searched, decisions } = JSON.parse(stdout);
    expect({ requestId, groups: searched.groups, count: decisions.length, status }).toEqual({
      requestId: ID,
      groups: [GROUP],
      count: 1,
      status: 0,
    });
  });
  test('the ID of an API, further back', async () => {
    const args = ['--request-id', UUID, '--stack', 'Orders', '--since'];
    expect(await ask(...args, '1h')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('No decision was found.'),
    });
    expect(await ask(...args, '1d')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Verdict   401 token_expired'),
    });
  });
});

describe('where the log cannot be read', () => {
  test('says that a stack has no log groups, and what to do', async () => {
    const { status, stderr } = await ask('--request-id', ID);
    expect(stderr).toMatch(
      /^No log group of the stack AlbJwtAuthorizer is in us-east-1\. Give the name of the stack with --stack/,
    );
    expect(status).toBe(1);
  });
  test('says that a log group does not exist', async () => {
    const { status, stderr } = await ask('--request-id', ID, '--log-group', 'none');
    expect(stderr).toContain(
      'The log group none could not be read: it does not exist. Check its name, --region and',
    );
    expect(status).toBe(1);
  });
});

describe('arguments', () => {
  test.each([
    [['--request-id', '" || $.code = "*'], '--request-id takes one whole id'],
    [['--request-id', `${ID}" }`], '--request-id takes one whole id'],
    [['--request-id', `Root=${ID}*`], '--request-id takes one whole id'],
    [['--request-id', ID, '--token', '-'], 'cannot be combined with --token'],
    [['--request-id', ID, '--path', '/app'], 'cannot be combined with --path'],
    [['--request-id', ID, '--stack', 'a', '--log-group', 'b'], '--stack and --log-group both say'],
    [['--request-id', ID, '--stack', 'a b'], '--stack takes the name of a stack'],
    [['--request-id', ID, '--log-group', 'arn:aws:logs:x:1:log-group:g'], 'not its ARN'],
    [['--request-id', ID, '--since', 'yesterday'], '--since takes a time such as 30m, 12h or 7d'],
    [['--request-id', ID, '--since', '0h'], '--since takes a time such as'],
    [['--token', '-', '--since', '1h'], '--since needs --request-id'],
    [['--reqest-id', ID], 'did you mean --request-id?'],
  ])('%#: %s', async (args, message) => {
    const { status, stdout, stderr } = await runTool('explain', args);
    expect(stderr).toContain(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});
