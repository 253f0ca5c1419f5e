import fc from 'fast-check';
import type { ReleaseTemplate } from '../../../infra/release/template.ts';
import { subnetIdOf, VPC_ID } from '../front-door/looked-up-vpc.ts';
import type { Values } from './filled.ts';

const ELB = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
const certificate = 'arn:aws:acm:eu-west-1:123456789012:certificate/0b1c2d3e-0000-4000-8000-000000000000';

/** Values for the parameters without a default. */
const REQUIRED: Values = {
  CodeBucket: 'code',
  ListenerArn: `${ELB}:listener/app/shared/0123456789abcdef/fedcba9876543210`,
  LoadBalancerArn: `${ELB}:loadbalancer/app/shared/0123456789abcdef`,
  CertificateArn: certificate,
  DomainName: 'orders.example.com',
  HostedZoneId: 'Z0123456789ABCDEFGHIJ',
  VpcId: VPC_ID,
  VpcCidr: '10.9.0.0/16',
  SubnetIds: [subnetIdOf(1), subnetIdOf(2)].join(),
  NativeIssuer: 'https://issuer.example.com/',
  NativeJwksUri: 'https://issuer.example.com/jwks?tenant=1',
  NativeAudience: 'https://orders.example.com',
  UpstreamTargetGroupArn: `${ELB}:targetgroup/upstream/0123456789abcdef`,
};

/** Values for parameters that have a default. */
const FURTHER: Readonly<Record<string, readonly string[]>> = {
  Path: ['/v1', '/a.b/c-d', '/orders/97'],
  Hosts: ['', 'api.example.com', 'api.example.com,*.example.org,b.example.net'],
  RulePriority: ['1', '50000'],
  ListenerPort: ['80', '8443'],
  DeletionProtection: ['true', 'false'],
  DesyncMitigationMode: ['monitor', 'defensive', 'strictest'],
  CertificateArn: ['', certificate],
  WebAclArn: [
    '',
    'arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/api/0b1c2d3e-0000-4000-8000-000000000000',
  ],
  MemorySize: ['128', '1769'],
  LogLevel: ['DEBUG', 'SILENT'],
  AllowedLogRate: ['0', '0.25'],
  LogRetentionDays: ['1', '365'],
  ConfigRefreshSeconds: ['1', '3600'],
  Tracing: ['true', 'false'],
  ReservedConcurrency: ['', '50'],
  Authorizer: ['true', 'false'],
  HttpApiResponse: ['simple', 'iam'],
  KmsKeyArn: ['', 'arn:aws:kms:eu-west-1:123456789012:key/0b1c2d3e-0000-4000-8000-000000000000'],
  AlarmTopicArn: ['', 'arn:aws:sns:eu-west-1:123456789012:on-call'],
  RunbookUrl: ['', 'https://wiki.example.com/runbook?page=1'],
  RejectionRatePercent: ['1', '100'],
  AccessLogs: ['true', 'false'],
};

/** Parameters that must be given together. */
const OF_A_VPC: readonly Values[] = [
  {},
  {
    FunctionSubnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1,subnet-01234567',
    FunctionSecurityGroupId: 'sg-0123456789abcdef0',
  },
];

/** Values for the required parameters of a template. */
export const required = ({ Parameters }: ReleaseTemplate): Values =>
  Object.fromEntries(
    Object.entries(Parameters).flatMap(([name, { Default }]) =>
      Default === undefined ? [[name, REQUIRED[name] ?? '']] : [],
    ),
  );

/** Arbitrary values for a template: the required parameters and some others. */
export function valuesOf(template: ReleaseTemplate): fc.Arbitrary<Values> {
  const names = Object.keys(FURTHER).filter((name) => template.Parameters[name]?.Default !== undefined);
  const one = Object.fromEntries(names.map((name) => [name, fc.constantFrom(...(FURTHER[name] ?? []))]));
  const some = fc.record(one, { requiredKeys: [] }) as fc.Arbitrary<Values>;
  const vpc = 'FunctionSubnetIds' in template.Parameters ? fc.constantFrom(...OF_A_VPC) : fc.constant({});
  return fc.tuple(some, vpc).map((all) => Object.assign({}, required(template), ...all));
}
