import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { FunctionOutcome } from '../../../local/lambda/function-pool.ts';
import { startInvokeApi } from '../../../local/lambda/invoke-api.ts';
import type { LoopbackServer } from '../../../local/loopback-server.ts';
import { AWS_CLI, aws } from '../../support/aws-cli.ts';
import { localClient } from '../../support/local-client.ts';
import { lambdaOf, temporaryDirectory } from '../../support/local-stack-fixtures.ts';

const directory = temporaryDirectory();
const events: unknown[] = [];
let outcome: FunctionOutcome;
let api: LoopbackServer;
let client: LambdaClient;

beforeAll(async () => {
  api = await startInvokeApi({
    port: 0,
    lambda: lambdaOf(directory.path, '', {
      name: 'keeper',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:keeper',
    }),
    invoke: async (event) => {
      events.push(JSON.parse(event));
      return outcome;
    },
    log: () => {},
  });
  client = new LambdaClient(localClient(api.origin));
});
afterAll(async () => {
  client.destroy();
  await api.close();
  directory.remove();
});
beforeEach(() => {
  events.length = 0;
  outcome = { kind: 'response', body: Buffer.from('{"refused":[]}') };
});

const invoke = async (FunctionName: string, rest: object = {}) => {
  const output = await client.send(new InvokeCommand({ FunctionName, ...rest }));
  return { ...output, payload: Buffer.from(output.Payload ?? []).toString('utf8') };
};

describe('an invocation', () => {
  test.each([
    'keeper',
    'keeper:$LATEST',
    '000000000000:function:keeper',
    'arn:aws:lambda:us-east-1:000000000000:function:keeper',
  ])('finds the function by %s and returns its result', async (name) => {
    expect(await invoke(name, { Payload: '{"a":"é"}' })).toMatchObject({
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      payload: '{"refused":[]}',
    });
    expect(events).toEqual([{ a: 'é' }]);
  });

  test('without an event has an empty one', async () => {
    await invoke('keeper');
    expect(events).toEqual([{}]);
  });

  test('of type Event is accepted at once, with an empty response', async () => {
    const output = await invoke('keeper', { InvocationType: 'Event', Payload: '{"b":1}' });
    expect(output).toMatchObject({ StatusCode: 202, payload: '' });
    expect(events).toEqual([{ b: 1 }]);
  });

  test.each<[FunctionOutcome, object]>([
    [
      { kind: 'function-error', type: 'TypeError', body: Buffer.from('{"errorType":"TypeError"}') },
      { errorType: 'TypeError' },
    ],
    [
      { kind: 'timeout', seconds: 3 },
      { errorType: 'Sandbox.Timedout', errorMessage: 'timed out after 3 s' },
    ],
    [
      { kind: 'init-error', type: 'Error', body: Buffer.from('{"errorMessage":"no"}') },
      { errorType: 'Runtime.InitError', errorMessage: 'init failed with Error: no' },
    ],
    [{ kind: 'exited', exit: { code: 1, signal: null, lastLines: [] } }, { errorType: 'Runtime.ExitError' }],
  ])('that fails (%j) says so in a response with status 200', async (failed, error) => {
    outcome = failed;
    const output = await invoke('keeper');
    expect(output).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(output.payload)).toMatchObject(error);
  });

  test('that finds every environment busy is throttled', async () => {
    outcome = { kind: 'no-environment' };
    await expect(invoke('keeper')).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      $metadata: { httpStatusCode: 429 },
    });
  });
});

describe('the API rejects', () => {
  test.each(['verifier', 'keeper:7', 'arn:aws:lambda:us-east-1:000000000000:function:verifier'])(
    'another function or version: %s',
    async (name) => {
      await expect(invoke(name)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: `Function not found: ${name}`,
        $metadata: { httpStatusCode: 404 },
      });
    },
  );

  test('an event that is not JSON', async () => {
    await expect(invoke('keeper', { Payload: '{' })).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
    });
    expect(events).toEqual([]);
  });

  test('another operation', async () => {
    expect((await fetch(`${api.origin}/2015-03-31/functions`)).status).toBe(404);
  });
});

/** Skipped without an AWS CLI; the SDK's tests cover the same operation. */
(AWS_CLI ? test : test.skip)('the AWS CLI invokes it', async () => {
  const out = `${directory.path}/out`;
  const printed = await aws(api.origin, 'lambda', 'invoke', '--function-name', 'keeper', out);
  expect(JSON.parse(printed)).toEqual({ StatusCode: 200, ExecutedVersion: '$LATEST' });
  expect(events).toEqual([{}]);
});
