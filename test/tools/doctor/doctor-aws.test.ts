import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { PARAMETERS } from '../../../lambda/contract.ts';
import type { QueryService } from '../../../local/aws-api/query-service.ts';
import type { AwsJsonService } from '../../../local/aws-api/service.ts';
import type { XmlElements } from '../../../local/aws-api/xml.ts';
import { type Ssm, startSsm } from '../../../local/ssm/server.ts';
import { createKey } from '../../support/keys.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../../support/recording-upstream.ts';
import { ROOT, runTool } from '../run-tool.ts';
import { startKeyEndpoint } from '../tool-fixtures.ts';
import { CERTIFICATE_ARN, LISTENER_ARN, REGION, REQUEST_ID, STACK } from './doctor-world.ts';

/** What the services respond, by action. `error` stands for a rejection. */
type Responses = Record<string, XmlElements & { readonly error?: string }>;

/** Like AWS, rejects an unknown action. */
const resultOf = (responses: Responses, action: string) => {
  const { error, ...output } = responses[action] ?? { error: 'InvalidAction' };
  return error === undefined
    ? { ok: true as const, output }
    : { ok: false as const, error: { code: error, type: error, message: 'as this test has it' } };
};

let responses: Responses = {};
let aws: Ssm;
let api: RecordingUpstream;
let silent: RecordingUpstream;
let issuer: RecordingUpstream;

const queryService = (version: string): QueryService => ({
  version,
  execute: (action) => resultOf(responses, action),
});
const jsonService = (target: string): AwsJsonService => ({
  target,
  execute: (action) => resultOf(responses, action),
});

beforeAll(async () => {
  issuer = await startKeyEndpoint(createKey('ES256'));
  api = await startRecordingUpstream((_, response) => {
    response.writeHead(401, { 'content-type': 'application/problem+json', 'x-request-id': REQUEST_ID });
    response.end('{"code":"token_missing"}');
  });
  silent = await startRecordingUpstream(() => {});
  const values: Readonly<Record<string, string>> = {
    issuer: 'https://issuer.example',
    audience: 'orders',
    'jwks-uri': `${issuer.origin}/keys`,
    upstream: 'https://orders.example',
  };
  aws = await startSsm({
    port: 0,
    region: REGION,
    account: '123456789012',
    log: () => {},
    parameters: [
      { name: '/cdk-bootstrap/hnb659fds/version', type: 'String', value: '21' },
      ...Object.entries(PARAMETERS).map(([name, { type, initial }]) => ({
        name: `/app/${name}`,
        type,
        value: values[name] ?? initial,
      })),
    ],
    beside: ['CertificateManager', 'GraniteServiceVersion20100801'].map(jsonService),
    // STS, CloudFormation and Elastic Load Balancing.
    queries: ['2011-06-15', '2010-05-15', '2015-12-01'].map(queryService),
  });
});
afterAll(async () => {
  for (const server of [aws, api, silent, issuer]) await server.close();
});

const resource = (PhysicalResourceId: string, ResourceType: string) => ({
  LogicalResourceId: 'Any',
  PhysicalResourceId,
  ResourceType,
  ResourceStatus: 'CREATE_COMPLETE',
});
const members = (...list: XmlElements[]) => ({ member: list });

beforeEach(() => {
  const url = new URL(api.origin);
  url.hostname = 'localhost';
  const outputs = {
    ...STACK.outputs,
    Url: `${url.origin}/api/`,
    Try: '',
    LoadBalancerDnsName: 'localhost',
    KeeperFunction: undefined,
  };
  responses = {
    GetCallerIdentity: { Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/jo', UserId: 'x' },
    DescribeStacks: {
      Stacks: members({
        StackName: STACK.name,
        StackId: STACK.id,
        StackStatus: 'CREATE_COMPLETE',
        CreationTime: '2026-01-01T00:00:00Z',
        Outputs: members(
          ...Object.entries(outputs).flatMap(([OutputKey, OutputValue]) =>
            OutputValue === undefined ? [] : [{ OutputKey, OutputValue }],
          ),
        ),
      }),
    },
    ListStackResources: {
      StackResourceSummaries: members(
        resource('Ours-Alarm', 'AWS::CloudWatch::Alarm'),
        resource(LISTENER_ARN, 'AWS::ElasticLoadBalancingV2::Listener'),
      ),
    },
    DescribeListeners: {
      Listeners: members({
        ListenerArn: LISTENER_ARN,
        LoadBalancerArn: 'arn:lb',
        Protocol: 'HTTPS',
        Port: 443,
        Certificates: members({ CertificateArn: CERTIFICATE_ARN }),
      }),
    },
    DescribeListenerCertificates: {
      Certificates: members({ CertificateArn: CERTIFICATE_ARN, IsDefault: true }),
    },
    DescribeLoadBalancers: { LoadBalancers: members({ DNSName: 'localhost', Scheme: 'internet-facing' }) },
    DescribeTargetHealth: {
      TargetHealthDescriptions: members({
        Target: { Id: 'arn:aws:lambda:eu-west-1:123456789012:function:verifier:live' },
        TargetHealth: { State: 'healthy' },
      }),
    },
    DescribeCertificate: { Certificate: { Status: 'ISSUED', DomainName: 'api.example.com', NotAfter: 4e9 } },
    DescribeAlarms: { MetricAlarms: [{ AlarmName: 'Ours-Alarm', StateValue: 'OK' }] as never },
  };
});

const ENVIRONMENT = {
  AWS_REGION: REGION,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'the-secret',
};

interface Reported {
  readonly id: string;
  readonly status: string;
  readonly findings: readonly {
    readonly status: string;
    readonly detail: string;
    readonly remedy?: string;
  }[];
}

async function doctor(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const run = await runTool('doctor', ['--endpoint-url', aws.origin, '--json', ...args], {
    env: { ...ENVIRONMENT, ...env },
  });
  expect(run.stdout).not.toContain('the-secret');
  const { checks } = JSON.parse(run.stdout) as { readonly checks: readonly Reported[] };
  const statuses = Object.fromEntries(checks.map(({ id, status }) => [id, status]));
  const firstOf = (id: string) => checks.find((check) => check.id === id)?.findings[0];
  return { status: run.status, statuses, firstOf };
}

const GOOD = {
  node: 'ok',
  dependencies: expect.any(String),
  credentials: 'ok',
  clock: 'ok',
  region: 'ok',
  bootstrap: 'ok',
  stack: 'ok',
  certificate: 'ok',
  dns: 'ok',
  parameters: 'ok',
  keys: 'ok',
  keeper: 'skipped',
  alarms: 'ok',
  targets: 'ok',
  call: 'ok',
};

describe('with the APIs of AWS', () => {
  test('every check reads what it needs', async () => {
    const { status, statuses, firstOf } = await doctor();
    expect(statuses).toEqual(GOOD);
    expect(status).toBe(0);
    expect(firstOf('credentials')?.detail).toBe('account 123456789012, arn:aws:iam::123456789012:user/jo');
    expect(firstOf('certificate')?.detail).toBe('api.example.com: valid until 2096-10-02');
  });

  test('a missing permission skips only its check, and those that need its result', async () => {
    responses.DescribeListeners = { error: 'AccessDenied' };
    responses.ListStackResources = { error: 'AccessDenied' };
    const { status, statuses, firstOf } = await doctor();
    expect(statuses).toEqual({ ...GOOD, certificate: 'skipped', alarms: 'skipped' });
    expect(status).toBe(0);
    expect(firstOf('certificate')).toMatchObject({
      detail:
        'The listener could not be read: access denied to elasticloadbalancing:DescribeListeners on the listener.',
      remedy: expect.stringContaining('Allow it'),
    });
  });

  test('rejects a response that is not from AWS', async () => {
    responses.GetCallerIdentity = {};
    const { firstOf, statuses } = await doctor();
    expect(firstOf('credentials')?.detail).toMatch(/what responds at \S+ is not STS/);
    expect(statuses).toMatchObject({ credentials: 'problem', bootstrap: 'skipped', stack: 'skipped' });
  });

  test('says that a listener is gone', async () => {
    responses.DescribeListeners = { error: 'ListenerNotFound' };
    expect((await doctor()).firstOf('certificate')).toMatchObject({
      status: 'problem',
      detail: 'The listener could not be read: it does not exist.',
    });
  });

  test('expired credentials are one problem, and the checks that need them are skipped', async () => {
    responses.GetCallerIdentity = { error: 'ExpiredToken' };
    const { status, statuses, firstOf } = await doctor();
    expect(statuses).toMatchObject({ credentials: 'problem', clock: 'ok', region: 'ok', bootstrap: 'skipped', stack: 'skipped' }); // biome-ignore format: one line
    expect(firstOf('credentials')?.detail).toContain('have expired');
    expect(status).toBe(1);
  });

  test('checks the credentials even without a region', async () => {
    const { statuses, firstOf } = await doctor([], { AWS_REGION: undefined, AWS_DEFAULT_REGION: undefined });
    // A loopback endpoint needs none, so one is made up.
    expect(statuses).toMatchObject({ credentials: 'ok', region: 'ok' });
    expect(firstOf('region')?.detail).toContain('us-east-1');
  });

  test('before a first deploy, says what to do next', async () => {
    responses.DescribeStacks = { Stacks: members() };
    aws.execute('DeleteParameter', { Name: '/cdk-bootstrap/hnb659fds/version' });
    const { status, statuses, firstOf } = await doctor();
    expect(firstOf('bootstrap')).toMatchObject({ status: 'problem', remedy: expect.stringContaining('npx cdk bootstrap') }); // biome-ignore format: one line
    expect(firstOf('stack')?.remedy).toContain('npx cdk deploy');
    expect(statuses).toMatchObject({ stack: 'skipped', parameters: 'skipped', call: 'skipped' });
    expect(status).toBe(1);
    aws.execute('PutParameter', { Name: '/cdk-bootstrap/hnb659fds/version', Value: '21', Type: 'String' });
    expect((await doctor()).status).toBe(0);
  });

  test('reports a bad certificate, alarm and target separately', async () => {
    responses.DescribeCertificate = {
      Certificate: { Status: 'PENDING_VALIDATION', DomainName: 'a.example.com' },
    };
    responses.DescribeAlarms = { MetricAlarms: [{ AlarmName: 'Ours-Alarm', StateValue: 'ALARM', AlarmDescription: 'Read the log.' }] as never }; // biome-ignore format: one line
    responses.DescribeTargetHealth = { TargetHealthDescriptions: members() };
    const { statuses, firstOf } = await doctor();
    expect(statuses).toEqual({ ...GOOD, certificate: 'problem', alarms: 'problem', targets: 'problem' });
    expect(firstOf('alarms')).toEqual({
      status: 'problem',
      detail: 'Ours-Alarm is raised',
      remedy: 'Read the log.',
    });
  });
});

test('prints nothing that a terminal would obey, and no token', async () => {
  responses.GetCallerIdentity = {
    Account: '1',
    Arn: 'arn:\u009b31m:eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln',
    UserId: 'x',
  };
  const { stdout } = await runTool('doctor', ['--endpoint-url', aws.origin], { env: ENVIRONMENT });
  expect(stdout).toContain('arn:\\u009b31m:<token>');
});

test('ends with its report, whatever still runs', async () => {
  const endless = '--import=data:text/javascript,setInterval(()=>{},1e6)';
  const { status, stdout } = await runTool('doctor', ['--endpoint-url', aws.origin], {
    env: { ...ENVIRONMENT, NODE_OPTIONS: endless },
  });
  expect(stdout).toMatch(/\nNo problem was found; 1 skipped\. The doctor does not check the upstream\.\n$/);
  expect(status).toBe(0);
});

test('ends at once on Ctrl-C, whatever it waits for', async () => {
  const args = ['tools/doctor.ts', '--endpoint-url', aws.origin, '--url', `${silent.origin}/api/`];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...ENVIRONMENT, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += chunk;
    if (printed.includes('Target group')) break;
  }
  child.kill('SIGINT');
  const [status] = await once(child, 'exit');
  expect(status).toBe(130);
});
