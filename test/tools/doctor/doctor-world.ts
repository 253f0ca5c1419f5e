import type { Parameter } from '@aws-sdk/client-ssm';
import { STACK_DESCRIPTION } from '../../../infra/options/deployment-names.ts';
import { PARAMETERS, type ParameterName } from '../../../lambda/contract.ts';
import type { ClientResponse } from '../../../lambda/io/http-client.ts';
import { AwsFailure } from '../../../tools/aws-call.ts';
import type { DeployedStack } from '../../../tools/deployment/find-stack.ts';
import type { AwsReads, LoadBalancerDoor } from '../../../tools/doctor/aws-reads.ts';
import type { Finding } from '../../../tools/doctor/check.ts';
import { checksFor } from '../../../tools/doctor/checks.ts';
import { type Result, runChecks } from '../../../tools/doctor/run-checks.ts';
import type { World } from '../../../tools/doctor/world.ts';
import { createKey, jwksOf } from '../../support/keys.ts';

/** Seconds and milliseconds since the epoch. */
export const NOW = 1_790_000_000;
const NOW_MS = NOW * 1000;

export const REGION = 'eu-west-1';
const BALANCER = 'lb-1.eu-west-1.elb.amazonaws.com';
export const CERTIFICATE_ARN = `arn:aws:acm:${REGION}:123456789012:certificate/1`;
export const LISTENER_ARN = `arn:aws:elasticloadbalancing:${REGION}:123456789012:listener/app/a/1/2`;

export const STACK: DeployedStack = {
  name: 'Ours',
  id: `arn:aws:cloudformation:${REGION}:123456789012:stack/Ours/1`,
  status: 'UPDATE_COMPLETE',
  description: STACK_DESCRIPTION,
  outputs: {
    ConfigPath: '/app',
    Url: 'https://api.example.com/api/',
    Try: 'curl -i https://api.example.com/api/',
    ListenerArn: LISTENER_ARN,
    LoadBalancerDnsName: BALANCER,
    TargetGroupArn: 'arn:targetgroup',
    KeeperFunction: 'keeper',
    SetIssuer: 'aws ssm put-parameter --set-issuer',
  },
};

export const DOOR: LoadBalancerDoor = {
  port: 443,
  secure: true,
  certificateArns: [CERTIFICATE_ARN],
  dnsName: BALANCER,
  internal: false,
};

type Values = { readonly [name in ParameterName]?: string };

const VALUES = { issuer: 'https://issuer.example', audience: 'orders', upstream: 'https://orders.example' };

/** The parameters as SSM has them, in their third version. `values` override those of a healthy deployment. */
export const stored = (values: Values = {}): Parameter[] =>
  (Object.keys(PARAMETERS) as ParameterName[]).map((name) => ({
    Name: `/app/${name}`,
    Type: PARAMETERS[name].type,
    Value: { ...PARAMETERS_INITIAL, ...VALUES, ...values }[name],
    Version: 3,
    LastModifiedDate: new Date(NOW_MS - 1_000_000),
  }));

const PARAMETERS_INITIAL = Object.fromEntries(
  Object.entries(PARAMETERS).map(([name, { initial }]) => [name, initial]),
) as Record<ParameterName, string>;

export const VERSIONS = Object.fromEntries(Object.keys(PARAMETERS).map((name) => [name, 3]));

export const ALARM = { AlarmName: 'Ours-Alarm', StateValue: 'OK' } as const;

/** What AWS says about a healthy deployment. */
export const goodReads = (): AwsReads => ({
  region: async () => REGION,
  identity: async () => ({
    account: '123456789012',
    arn: 'arn:aws:sts::123456789012:assumed-role/operator/jo',
    expiresAt: undefined,
  }),
  clockAhead: () => 0,
  parameter: async () => '21',
  parametersUnder: async () => stored(),
  stacks: async () => [STACK],
  resources: async () => [
    { id: 'Listener', type: 'AWS::ElasticLoadBalancingV2::Listener', physicalId: LISTENER_ARN },
    { id: 'Alarm', type: 'AWS::CloudWatch::Alarm', physicalId: ALARM.AlarmName },
    { id: 'Certificate', type: 'AWS::CertificateManager::Certificate', physicalId: CERTIFICATE_ARN },
  ],
  door: async () => DOOR,
  certificate: async () => ({
    Status: 'ISSUED',
    DomainName: 'api.example.com',
    NotAfter: new Date(NOW_MS + 200 * 24 * 3600_000),
  }),
  targets: async () => [
    {
      Target: { Id: 'arn:aws:lambda:eu-west-1:123456789012:function:verifier:live' },
      TargetHealth: { State: 'unavailable', Reason: 'Target.HealthCheckDisabled' },
    },
  ],
  alarms: async () => [ALARM],
  runKeeper: async () => ({ versions: VERSIONS, parametersReadAt: NOW - 2, refused: [] }),
});

/** A response of an HTTP server. */
export const responseOf = (
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): ClientResponse => ({ status, headers: Object.entries(headers), body: Buffer.from(body) });

/** As the load balancer names a request. */
export const REQUEST_ID = '1-67891233-abcdef012345678912345678';

/** Problem details as the function writes them. */
export const ours = (status: number, code: string): ClientResponse =>
  responseOf(
    status,
    { 'content-type': 'application/problem+json', 'x-request-id': REQUEST_ID },
    JSON.stringify({ code }),
  );

const KEYS = JSON.stringify(jwksOf(createKey('ES256')));
const PROJECT: Readonly<Record<string, string>> = {
  'package.json': '{"engines":{"node":">=20.19"}}',
  'package-lock.json':
    '{"packages":{"":{"version":"1.0.0"},"node_modules/a":{"version":"1.0.0"},"node_modules/b":{"version":"2.0.0","optional":true}}}',
  'node_modules/a/package.json': '{"version":"1.0.0"}',
  'cdk.json': '{"context":{}}',
};

export interface Changes extends Partial<Omit<World, 'aws' | 'machine' | 'place'>> {
  readonly aws?: Partial<AwsReads>;
  readonly machine?: Partial<World['machine']>;
  readonly place?: Partial<World['place']>;
  /** Files of the checkout; undefined takes one away. */
  readonly files?: Readonly<Record<string, string | undefined>>;
}

/** A healthy world, except for the given changes. */
export function worldOf({ aws, machine, place, files = {}, ...changes }: Changes = {}): World {
  const project = { ...PROJECT, ...files };
  return {
    place: { stack: undefined, path: undefined, endpoint: undefined, local: false, ...place },
    url: undefined,
    accepted: [],
    environment: { AWS_REGION: REGION },
    now: () => NOW_MS,
    machine: {
      nodeVersion: '24.1.0',
      functionNode: () => '24.1.0',
      readFile: async (path) => project[path],
      ...machine,
    },
    aws: { ...goodReads(), ...aws },
    fetchDocument: async (url) => ({
      text: url.pathname.includes('.well-known')
        ? JSON.stringify({ issuer: url.origin, jwks_uri: `${url.origin}/keys` })
        : KEYS,
      cacheControl: undefined,
    }),
    addressesOf: async () => ['192.0.2.1'],
    call: async () => ours(401, 'token_missing'),
    ...changes,
  };
}

const never = (): Promise<never> => new Promise(() => {});

/** Runs the checks in a changed world, without a time limit. */
export const runIn = (changes: Changes = {}): Promise<readonly Result[]> => {
  const world = worldOf(changes);
  return runChecks({ checks: checksFor(world.place), world, timeIsUp: never });
};

/** The findings of one check. */
export async function findingsOf(id: string, changes: Changes = {}): Promise<readonly Finding[]> {
  const results = await runIn(changes);
  const result = results.find(({ check }) => check.id === id);
  if (result === undefined) throw new Error(`There is no check ${id}.`);
  return result.findings;
}

/** A finding as text: `status detail > remedy`. */
export const textOf = (finding: Finding): string => {
  const remedy = 'remedy' in finding && finding.remedy !== undefined ? ` > ${finding.remedy}` : '';
  return `${finding.status} ${finding.detail}${remedy}`;
};

export const textsOf = async (id: string, changes: Changes = {}): Promise<string[]> =>
  (await findingsOf(id, changes)).map(textOf);

export const denied = async (): Promise<never> => {
  throw new AwsFailure(
    { detail: 'X could not be read: access denied.', remedy: 'Allow it.', denied: true },
    undefined,
  );
};

export const failing = async (): Promise<never> => {
  throw new AwsFailure(
    { detail: 'X could not be read: it broke.', remedy: 'Try again.', denied: false },
    undefined,
  );
};
