import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ENTRIES, type Entry } from '../../../infra/bundle/entries.ts';
import { RELEASE_SHAPE_NAMES, type ReleaseShapeName } from '../../../infra/release/release-shapes.ts';
import { synthesized } from '../../../infra/release/synthesized.ts';
import type { CodeFile } from '../../../infra/release/release.ts';
import { releaseTemplate, type ReleaseTemplate } from '../../../infra/release/template.ts';
import { subnetIdOf, VPC_ID } from '../front-door/looked-up-vpc.ts';
import { comparable } from './comparable.ts';
import type { Template, Values } from './filled.ts';
import { appTemplate } from './release-context.ts';

const codeNamed = (hash: string) =>
  Object.fromEntries(
    ENTRIES.map((entry) => [entry, { name: `${entry}-${hash}.zip`, sha256: hash }]),
  ) as Record<Entry, CodeFile>;

const templates = new Map<ReleaseShapeName, ReleaseTemplate>();

function released(name: ReleaseShapeName): ReleaseTemplate {
  const made =
    templates.get(name) ?? releaseTemplate(name, { version: '1.2.3', code: codeNamed('one') }, synthesized);
  templates.set(name, made);
  return made;
}

const ELB = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
const certificate = 'arn:aws:acm:eu-west-1:123456789012:certificate/0b1c2d3e-0000-4000-8000-000000000000';

/** Values of the parameters that have no default. */
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

/** Some values of the parameters that may be left as they are. */
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
  KmsKeyArn: ['', 'arn:aws:kms:eu-west-1:123456789012:key/0b1c2d3e-0000-4000-8000-000000000000'],
  AlarmTopicArn: ['', 'arn:aws:sns:eu-west-1:123456789012:on-call'],
  RunbookUrl: ['', 'https://wiki.example.com/runbook?page=1'],
  RejectionRatePercent: ['1', '100'],
  AccessLogs: ['true', 'false'],
};

/** Parameters that are given together. */
const OF_A_VPC: readonly Values[] = [
  {},
  {
    FunctionSubnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1,subnet-01234567',
    FunctionSecurityGroupId: 'sg-0123456789abcdef0',
  },
];

const required = ({ Parameters }: ReleaseTemplate): Values =>
  Object.fromEntries(
    Object.entries(Parameters).flatMap(([name, { Default }]) =>
      Default === undefined ? [[name, REQUIRED[name] ?? '']] : [],
    ),
  );

/** All that may be given to a template. */
function valuesOf(template: ReleaseTemplate): fc.Arbitrary<Values> {
  const names = Object.keys(FURTHER).filter((name) => template.Parameters[name]?.Default !== undefined);
  const one = Object.fromEntries(names.map((name) => [name, fc.constantFrom(...(FURTHER[name] ?? []))]));
  const some = fc.record(one, { requiredKeys: [] }) as fc.Arbitrary<Values>;
  const vpc = 'FunctionSubnetIds' in template.Parameters ? fc.constantFrom(...OF_A_VPC) : fc.constant({});
  return fc.tuple(some, vpc).map((all) => Object.assign({}, required(template), ...all));
}

/** The values with the defaults of those parameters that are not given. */
const complete = ({ Parameters }: ReleaseTemplate, values: Values): Values => ({
  ...Object.fromEntries(
    Object.entries(Parameters).map(([name, { Default }]) => [name, String(Default ?? '')]),
  ),
  ...values,
});

describe.each(RELEASE_SHAPE_NAMES)('the template %s', (name) => {
  const asTheApp = (values: Values) =>
    comparable(appTemplate(name, complete(released(name), values)), { BootstrapVersion: '' });
  const own = (values: Values) => comparable(released(name) as Template, values);

  it("is the app's stack where its defaults are left", () => {
    const values = required(released(name));
    expect(own(values)).toEqual(asTheApp(values));
  });

  it("is the app's stack with any other values", () => {
    fc.assert(
      fc.property(valuesOf(released(name)), (values) => {
        expect(own(values)).toEqual(asTheApp(values));
      }),
      { numRuns: 2 },
    );
  });

  it('has nothing of the place where it was made, of the CDK or of its bootstrap', () => {
    const { Resources, ...rest } = released(name);
    const text = JSON.stringify([Object.values(Resources), { ...rest, Rules: Object.keys(rest.Rules) }]);
    expect(text).not.toMatch(
      /\b\d{12}\b|eu-west-1|us-east-1|aws:cdk|Bootstrap|TheStack(?![A-Za-z0-9]*[0-9A-F]{8}\b)/,
    );
  });
});
