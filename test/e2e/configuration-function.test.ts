import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundle } from '../../infra/bundle/bundle.ts';
import { createFunctionPool, type FunctionPool } from '../../local/lambda/function-pool.ts';
import { findNode24 } from '../../local/lambda/node24.ts';
import { type Ssm, startSsm } from '../../local/ssm/server.ts';
import { lambdaOf, temporaryDirectory } from '../support/local-stack-fixtures.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';

const directory = temporaryDirectory();
const lines: string[] = [];
let ssm: Ssm;
let cloudFormation: RecordingUpstream;
let pool: FunctionPool;

beforeAll(async () => {
  ssm = await startSsm({
    port: 0,
    region: 'us-east-1',
    account: '000000000000',
    parameters: [{ name: '/orders/issuer', type: 'String', value: 'https://theirs.example' }],
    log: () => {},
  });
  cloudFormation = await startRecordingUpstream();
  bundle({ entry: 'configuration-handler', outdir: directory.path });
  pool = createFunctionPool({
    lambda: lambdaOf(directory.path, '', { handler: 'configuration-handler.handler', timeoutSeconds: 60 }),
    region: 'us-east-1',
    node: findNode24(),
    overrides: { AWS_ENDPOINT_URL_SSM: ssm.origin },
    onLine: (line) => lines.push(line),
    onEvent: () => {},
  });
});
afterAll(async () => {
  await pool.close();
  await cloudFormation.close();
  await ssm.close();
  directory.remove();
});

const invoke = (event: object) => pool.invoke(JSON.stringify(event), 'Root=1-2-3');

describe('the deployed bundle', () => {
  test('seeds the parameters of a stack and responds to CloudFormation', async () => {
    const outcome = await invoke({
      RequestType: 'Create',
      ResponseURL: `${cloudFormation.origin}/answer?Signature=SECRET`,
      StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/orders/1',
      RequestId: 'request-1',
      LogicalResourceId: 'Parameters',
      ResourceType: 'Custom::AlbJwtAuthorizerConfiguration',
      ResourceProperties: {
        ServiceToken: 'arn:aws:lambda:us-east-1:000000000000:function:orders-Configuration',
        Path: '/orders',
        Parameters: { issuer: 'https://issuer.invalid', audience: 'audience.invalid' },
        StringLists: ['audience'],
      },
    });
    expect([outcome.kind, lines.filter((line) => line.includes('ERROR'))]).toEqual(['response', []]);
    expect(JSON.parse(String(cloudFormation.received[0]?.body))).toEqual({
      Status: 'SUCCESS',
      StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/orders/1',
      RequestId: 'request-1',
      LogicalResourceId: 'Parameters',
      PhysicalResourceId: '/orders?issuer=adopted&audience',
      Data: { Adopted: 'issuer' },
    });
    const { Parameters } = ssm.execute('GetParametersByPath', { Path: '/orders' }) as {
      Parameters: { Name: string; Type: string; Value: string }[];
    };
    expect(Parameters.map(({ Name, Type, Value }) => [Name, Type, Value])).toEqual([
      ['/orders/audience', 'StringList', 'audience.invalid'],
      ['/orders/issuer', 'String', 'https://theirs.example'],
    ]);
    expect(lines.join()).not.toContain('SECRET');
  });

  test('ignores events that do not come from CloudFormation if the keeper is off', async () => {
    const outcome = await invoke({ source: 'aws.ssm' });
    expect(outcome.kind).toBe('function-error');
  });
});
