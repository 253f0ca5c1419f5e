import assert from 'node:assert/strict';
import {
  DescribeListenerCertificatesCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  GetAliasCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { GetBucketEncryptionCommand, S3Client } from '@aws-sdk/client-s3';
import { CERTIFICATE, contextOf, SHAPES, type ShapeName } from '../infra/shapes.ts';
import { callJson, query, textsOf } from './aws-calls.ts';
import { valuesUnder } from './parameters.ts';
import { protectionOf } from './protection.ts';
import { snapshotKeyOf } from './snapshot.ts';
import { resourcesOf } from './stack.ts';
import { ROUTE53_SIGNATURE, type Surroundings } from './surroundings.ts';
import { describePool } from './user-pool.ts';

export interface DeployedShape {
  readonly surroundings: Surroundings;
  readonly stackName: string;
  readonly configPath: string;
  readonly outputs: Readonly<Record<string, string>>;
}

type Check = (deployed: DeployedShape) => Promise<void>;

/** Options that deserve a rehearsal but are not separate shapes. */
const FURTHER = {
  certificate: { certificateArn: CERTIFICATE },
  redirect: { certificateArn: CERTIFICATE, http: 'redirect' },
  internal: { internal: 'true' },
  'internal/peered': { internal: 'true', allowedCidrs: '10.20.0.0/16,pl-0123456789abcdef0' },
  'existing-vpc': { vpcId: 'vpc-0123456789abcdef0' },
  'existing-vpc/two-tiers': { vpcId: 'vpc-0123456789abcdef0', internal: 'true' },
  'existing-vpc/subnets': {
    vpcId: 'vpc-0123456789abcdef0',
    internal: 'true',
    subnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
  },
} as const;

export type RehearsedShape = Exclude<ShapeName, 'new-load-balancer'> | keyof typeof FURTHER;

/** Every shape of docs/shapes/ except the default, which the main rehearsal deploys, and the options above. */
export const REHEARSED: readonly RehearsedShape[] = [
  ...(Object.keys(SHAPES) as ShapeName[]).filter((name) => name !== 'new-load-balancer'),
  ...(Object.keys(FURTHER) as (keyof typeof FURTHER)[]),
];

export function contextOfShape(name: RehearsedShape): Readonly<Record<string, string>> {
  return name in FURTHER ? FURTHER[name as keyof typeof FURTHER] : contextOf(name as ShapeName);
}

/** For each shape, a check of what its services report. */
export const CHECKS: Readonly<Record<RehearsedShape, Check>> = {
  async 'existing-listener'({ surroundings, stackName }) {
    assert.equal((await ruleOf(surroundings, stackName)).Priority, '77');
    assert.deepEqual(await resourcesOf(surroundings.aws, stackName, LOAD_BALANCER), []);
  },
  async mcp({ surroundings, stackName }) {
    assert.equal((await ruleOf(surroundings, stackName)).Priority, '2077');
    const rules = await resourcesOf(surroundings.aws, stackName, 'AWS::ElasticLoadBalancingV2::ListenerRule');
    assert.equal(rules.length, 2);
  },
  async 'existing-load-balancer'({ surroundings, stackName, outputs }) {
    const { aws, values } = surroundings;
    const ListenerArns = await resourcesOf(aws, stackName, 'AWS::ElasticLoadBalancingV2::Listener');
    const { Listeners: [listener] = [] } = await new ElasticLoadBalancingV2Client(aws).send(
      new DescribeListenersCommand({ ListenerArns }),
    );
    assert.deepEqual(
      [listener?.LoadBalancerArn, listener?.Port, listener?.Protocol],
      [values.loadBalancerArn, 8443, 'HTTPS'],
    );
    assert.equal(outputs.ListenerArn, listener?.ListenerArn);
    assert.equal(outputs.Try, 'curl -i https://shared.example.com:8443/api/');
    assert.deepEqual(await resourcesOf(aws, stackName, LOAD_BALANCER), []);
    assert.deepEqual(await recordsOf(surroundings, 'shared.example.com'), [
      ['A', `dualstack.${values.loadBalancerDnsName}`],
    ]);
  },
  async 'domain-name'({ surroundings, stackName, outputs }) {
    const { aws, values } = surroundings;
    const listeners = await listenersOf(surroundings, stackName);
    assert.deepEqual(
      listeners.map(({ Port }) => Port),
      [443],
    );
    const [certificate] = await resourcesOf(aws, stackName, 'AWS::CertificateManager::Certificate');
    assert.equal(listeners[0]?.Certificates?.[0]?.CertificateArn, certificate);
    const { Certificates = [] } = await new ElasticLoadBalancingV2Client(aws).send(
      new DescribeListenerCertificatesCommand({ ListenerArn: listeners[0]?.ListenerArn }),
    );
    assert.ok(Certificates.some(({ CertificateArn }) => CertificateArn === values.sniCertificateArns));
    const loadBalancer = await loadBalancerOf(surroundings, stackName);
    assert.equal(loadBalancer?.IpAddressType, 'dualstack');
    assert.equal(outputs.LoadBalancerDnsName, loadBalancer.DNSName);
    const target = `dualstack.${loadBalancer.DNSName}`;
    assert.deepEqual(await recordsOf(surroundings, 'api.example.com'), [
      ['A', target],
      ['AAAA', target],
    ]);
    assert.equal(outputs.Try, 'curl -i https://api.example.com/api/');
  },
  async 'paths-and-hosts'({ surroundings: { aws }, stackName }) {
    const RuleArns = await resourcesOf(aws, stackName, 'AWS::ElasticLoadBalancingV2::ListenerRule');
    const { Rules = [] } = await new ElasticLoadBalancingV2Client(aws).send(
      new DescribeRulesCommand({ RuleArns }),
    );
    const values = Rules.map(({ Priority, Conditions = [] }) => [
      Priority === '10',
      ...Conditions.map(({ PathPatternConfig, HostHeaderConfig }) =>
        (PathPatternConfig ?? HostHeaderConfig)?.Values?.join(' '),
      ),
    ]);
    const hosts = 'api.example.com *.example.org';
    assert.deepEqual(values.map(String).sort(), [
      `false,/.well-known/oauth-protected-resource /.well-known/oauth-protected-resource/*,${hosts}`,
      `false,/carts /carts/*,${hosts}`,
      `false,/health,${hosts}`,
      `false,/v2 /v2/*,${hosts}`,
      `true,/api /api/*,${hosts}`,
    ]);
  },
  async 'native-pre-filter'({ surroundings, stackName }) {
    const { Actions = [] } = await ruleOf(surroundings, stackName);
    assert.deepEqual(
      Actions.map(({ Type, Order }) => [Type, Order]),
      [
        ['jwt-validation', 1],
        ['forward', 2],
      ],
    );
  },
  async 'native-only'({ surroundings, stackName }) {
    const { Actions = [] } = await ruleOf(surroundings, stackName);
    assert.deepEqual(
      Actions.map(({ Type }) => Type),
      ['jwt-validation', 'forward'],
    );
    assert.equal(Actions[1]?.TargetGroupArn, surroundings.values.upstreamTargetGroupArn);
    assert.deepEqual(await resourcesOf(surroundings.aws, stackName, FUNCTION), []);
  },
  async cognito({ surroundings, stackName, configPath }) {
    const [pool = ''] = await resourcesOf(surroundings.aws, stackName, 'AWS::Cognito::UserPool');
    await describePool(surroundings.aws, pool);
    const { issuer } = await valuesUnder(surroundings.aws, configPath);
    assert.equal(issuer, `https://cognito-idp.eu-west-1.amazonaws.com/${pool}`);
  },
  async 'provisioned-concurrency'({ surroundings: { aws }, stackName }) {
    const [alias = ''] = await resourcesOf(aws, stackName, 'AWS::Lambda::Alias');
    const [version = ''] = await resourcesOf(aws, stackName, 'AWS::Lambda::Version');
    const { FunctionVersion } = await new LambdaClient(aws).send(
      new GetAliasCommand({ FunctionName: alias.replace(/:live$/, ''), Name: 'live' }),
    );
    assert.equal(version.split(':').at(-1), FunctionVersion);
  },
  async 'web-acl'({ surroundings: { aws }, stackName }) {
    assert.equal((await resourcesOf(aws, stackName, 'AWS::WAFv2::WebACLAssociation')).length, 1);
  },
  async 'private-upstream'({ surroundings: { aws, values }, stackName }) {
    const FunctionName = await verifierOf(aws, stackName);
    const { VpcConfig } = await new LambdaClient(aws).send(
      new GetFunctionConfigurationCommand({ FunctionName }),
    );
    assert.equal(VpcConfig?.SubnetIds?.join(), values.functionSubnetIds);
    assert.deepEqual(VpcConfig?.SecurityGroupIds, [values.functionSecurityGroupId]);
  },
  async 'private-upstream/snapshot-only'({ surroundings: { aws, values }, stackName }) {
    const [endpoint = ''] = await resourcesOf(aws, stackName, 'AWS::EC2::VPCEndpoint');
    const described = await query(aws, 'ec2', 'DescribeVpcEndpoints', { 'VpcEndpointId.1': endpoint });
    assert.deepEqual(textsOf(described, 'vpcId'), [values.functionVpcId]);
    assert.ok(described.includes(`${values.functionRouteTableIds}`));
    await checkKeeper({ aws, stackName }, { rules: 1 });
  },
  async 'without-keeper'({ surroundings: { aws }, stackName }) {
    await checkKeeper({ aws, stackName }, { rules: 0 });
  },
  async 'api-gateway-authorizer/http'({ surroundings: { aws }, stackName, outputs }) {
    const [api] = await resourcesOf(aws, stackName, 'AWS::ApiGatewayV2::Api');
    assert.equal(outputs.DemoApiUrl, `https://${api}.execute-api.eu-west-1.amazonaws.com/api/`);
    await checkAuthorizer({ aws, stackName, outputs });
  },
  async 'api-gateway-authorizer/rest'({ surroundings: { aws }, stackName, outputs }) {
    const [api] = await resourcesOf(aws, stackName, 'AWS::ApiGateway::RestApi');
    assert.match(outputs.DemoApiUrl ?? '', new RegExp(`^https://${api}\\.execute-api\\..*/api$`));
    await checkAuthorizer({ aws, stackName, outputs });
  },
  async 'verified-access'({ surroundings, stackName, outputs }) {
    const { aws } = surroundings;
    await checkVpcOrigin(surroundings, stackName);
    const [distribution = ''] = await resourcesOf(aws, stackName, 'AWS::CloudFront::Distribution');
    assert.equal(outputs.CustomerUrl, `https://${distribution.toLowerCase()}.cloudfront.net/api/`);
    const [instance] = await resourcesOf(aws, stackName, 'AWS::EC2::VerifiedAccessInstance');
    assert.ok(outputs.VerifiedAccessInstanceArn?.endsWith(`verified-access-instance/${instance}`));
  },
  async 'verified-access/customer-names'({ surroundings, stackName, outputs }) {
    await checkVpcOrigin(surroundings, stackName);
    assert.equal(outputs.CustomerUrl, 'https://shop.example.com/api/');
    const target = outputs.CustomerCname ?? '';
    assert.match(target, /\.cloudfront\.net$/);
    assert.deepEqual(await recordsOf(surroundings, 'shop.example.com'), [
      ['A', target],
      ['AAAA', target],
    ]);
  },
  async guarded({ surroundings: { aws, values }, stackName, outputs }) {
    assert.equal(await protectionOf(aws, stackName), 'true');
    const { ReservedConcurrentExecutions } = await new LambdaClient(aws).send(
      new GetFunctionConcurrencyCommand({ FunctionName: outputs.VerifierFunction }),
    );
    assert.equal(ReservedConcurrentExecutions, 40);
    assert.equal(await snapshotKeyOf(aws, stackName), values.kmsKeyArn);
    const groups = await resourcesOf(aws, stackName, 'AWS::Logs::LogGroup');
    const { logGroups } = await callJson(aws, 'logs', 'Logs_20140328.DescribeLogGroups', {
      logGroupNamePrefix: stackName,
    });
    assert.deepEqual(
      (logGroups as { logGroupName: string; kmsKeyId: string }[])
        .map(({ logGroupName, kmsKeyId }) => [logGroupName, kmsKeyId])
        .sort(),
      groups.sort().map((name) => [name, values.kmsKeyArn]),
    );
  },
  async watched({ surroundings: { aws }, stackName }) {
    assert.equal((await resourcesOf(aws, stackName, 'AWS::CloudWatch::Dashboard')).length, 1);
    const FunctionName = await verifierOf(aws, stackName);
    const { TracingConfig } = await new LambdaClient(aws).send(
      new GetFunctionConfigurationCommand({ FunctionName }),
    );
    assert.equal(TracingConfig?.Mode, 'Active');
    const buckets = await resourcesOf(aws, stackName, 'AWS::S3::Bucket');
    assert.equal(buckets.length, 2);
    for (const Bucket of buckets) {
      const { ServerSideEncryptionConfiguration } = await new S3Client(aws).send(
        new GetBucketEncryptionCommand({ Bucket }),
      );
      const [rule] = ServerSideEncryptionConfiguration?.Rules ?? [];
      assert.equal(rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm, 'AES256');
    }
    const alarms = await resourcesOf(aws, stackName, 'AWS::CloudWatch::Alarm');
    const described = await query(aws, 'monitoring', 'DescribeAlarms', { AlarmNamePrefix: stackName });
    assert.deepEqual(textsOf(described, 'AlarmName').sort(), alarms.sort());
  },
  async certificate({ surroundings, stackName, outputs }) {
    const [https, ...others] = await listenersOf(surroundings, stackName);
    assert.deepEqual(others, []);
    assert.equal(https?.Port, 443);
    assert.equal(https.Certificates?.[0]?.CertificateArn, surroundings.values.certificateArn);
    assert.match(outputs.Url ?? '', /^https:/);
  },
  async redirect({ surroundings, stackName }) {
    const [http, https, ...others] = await listenersOf(surroundings, stackName);
    assert.deepEqual(others, []);
    assert.equal(https?.Port, 443);
    assert.equal(http?.Port, 80);
    assert.equal(http.DefaultActions?.[0]?.RedirectConfig?.Protocol, 'HTTPS');
  },
  async internal({ surroundings, stackName }) {
    assert.equal((await loadBalancerOf(surroundings, stackName))?.Scheme, 'internal');
    assert.deepEqual(await resourcesOf(surroundings.aws, stackName, 'AWS::EC2::InternetGateway'), []);
  },
  async 'internal/peered'({ surroundings: { aws }, stackName }) {
    const [group = ''] = await resourcesOf(aws, stackName, 'AWS::EC2::SecurityGroup');
    const rules = await query(aws, 'ec2', 'DescribeSecurityGroups', { 'GroupId.1': group });
    const [, ingress = ''] = /<ipPermissions>(.*?)<\/ipPermissions>/s.exec(rules) ?? [];
    assert.deepEqual(textsOf(ingress, 'cidrIp'), ['10.20.0.0/16']);
    assert.deepEqual(textsOf(ingress, 'prefixListId'), ['pl-0123456789abcdef0']);
  },
  async 'existing-vpc/two-tiers'({ surroundings, stackName }) {
    // The lower of the two tiers, which no tag tells apart.
    assert.deepEqual(await rangesOf(surroundings, stackName), ['10.9.10.0/24', '10.9.11.0/24']);
  },
  async 'existing-vpc/subnets'({ surroundings, stackName }) {
    assert.deepEqual(await rangesOf(surroundings, stackName), ['10.9.20.0/24', '10.9.21.0/24']);
  },
  async 'existing-vpc'({ surroundings, stackName }) {
    assert.equal((await loadBalancerOf(surroundings, stackName))?.VpcId, surroundings.values.vpcId);
    assert.deepEqual(await resourcesOf(surroundings.aws, stackName, 'AWS::EC2::VPC'), []);
  },
};

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const FUNCTION = 'AWS::Lambda::Function';

type Deployed = Pick<DeployedShape, 'stackName' | 'outputs'> & Pick<Surroundings, 'aws'>;

async function checkAuthorizer({ aws, stackName, outputs }: Deployed): Promise<void> {
  const functions = await resourcesOf(aws, stackName, FUNCTION);
  assert.ok(functions.includes(outputs.AuthorizerArn?.split(':').at(-2) ?? ''));
}

/** Throws unless only CloudFront's own security group and that of Verified Access may call the load balancer. */
async function checkVpcOrigin(surroundings: Surroundings, stackName: string): Promise<void> {
  const { aws } = surroundings;
  const [GroupId = ''] = await resourcesOf(aws, stackName, 'Custom::AlbJwtAuthorizerCloudFrontGroup');
  const described = await query(aws, 'ec2', 'DescribeSecurityGroups', { 'GroupId.1': GroupId });
  assert.deepEqual(textsOf(described, 'groupName'), ['CloudFront-VPCOrigins-Service-SG']);
  const loadBalancer = await loadBalancerOf(surroundings, stackName);
  const [own = ''] = loadBalancer?.SecurityGroups ?? [];
  const groups = await resourcesOf(aws, stackName, 'AWS::EC2::SecurityGroup');
  const rules = await query(aws, 'ec2', 'DescribeSecurityGroups', { 'GroupId.1': own });
  const [, ingress = ''] = /<ipPermissions>(.*?)<\/ipPermissions>/s.exec(rules) ?? [];
  assert.deepEqual(
    textsOf(ingress, 'groupId').sort(),
    [GroupId, ...groups.filter((id) => id !== own)].sort(),
  );
  assert.deepEqual(textsOf(ingress, 'cidrIp'), []);
  assert.deepEqual([...new Set(textsOf(ingress, 'fromPort'))], ['443']);
}

/** A stack always has the snapshot's bucket, but the rule only with a keeper. */
async function checkKeeper(
  { aws, stackName }: Omit<Deployed, 'outputs'>,
  expected: { readonly rules: number },
): Promise<void> {
  assert.equal((await resourcesOf(aws, stackName, 'AWS::S3::Bucket')).length, 1);
  assert.equal((await resourcesOf(aws, stackName, 'AWS::Events::Rule')).length, expected.rules);
}

/** The function behind the load balancer, found by its alias. */
export async function verifierOf(aws: Surroundings['aws'], stackName: string): Promise<string | undefined> {
  const [alias] = await resourcesOf(aws, stackName, 'AWS::Lambda::Alias');
  return alias?.split(':').at(-2);
}

async function ruleOf({ aws }: Surroundings, stackName: string): Promise<Rule> {
  const RuleArns = await resourcesOf(aws, stackName, 'AWS::ElasticLoadBalancingV2::ListenerRule');
  const { Rules = [] } = await new ElasticLoadBalancingV2Client(aws).send(
    new DescribeRulesCommand({ RuleArns }),
  );
  const isOfDocuments = ({ Conditions = [] }: Rule) =>
    Conditions.some(({ PathPatternConfig }) => PathPatternConfig?.Values?.[0]?.startsWith('/.well-known/'));
  const [rule, ...others] = Rules.filter((one) => !isOfDocuments(one));
  assert.ok(rule);
  assert.deepEqual(others, []);
  for (const { Actions = [] } of Rules.filter(isOfDocuments)) {
    assert.deepEqual(
      Actions.map(({ Type }) => Type),
      ['forward'],
    );
  }
  return rule;
}

async function loadBalancerOf({ aws }: Surroundings, stackName: string) {
  const LoadBalancerArns = await resourcesOf(aws, stackName, LOAD_BALANCER);
  const { LoadBalancers = [] } = await new ElasticLoadBalancingV2Client(aws).send(
    new DescribeLoadBalancersCommand({ LoadBalancerArns }),
  );
  return LoadBalancers[0];
}

/** The ranges of the load balancer's subnets. */
async function rangesOf(surroundings: Surroundings, stackName: string): Promise<string[]> {
  const balancer = await loadBalancerOf(surroundings, stackName);
  const ids = (balancer?.AvailabilityZones ?? []).map(({ SubnetId }, index) => [
    `SubnetId.${index + 1}`,
    SubnetId,
  ]);
  const described = await query(surroundings.aws, 'ec2', 'DescribeSubnets', Object.fromEntries(ids));
  return textsOf(described, 'cidrBlock').sort();
}

/** The alias records of the API's name, with their targets, by type. */
async function recordsOf({ aws, values }: Surroundings, name: string): Promise<string[][]> {
  const response = await fetch(`${aws.endpoint}/2013-04-01/hostedzone/${values.hostedZoneId}/rrset`, {
    headers: { authorization: ROUTE53_SIGNATURE },
  });
  const records = (await response.text()).split('<ResourceRecordSet>').slice(1);
  return records
    .filter((record) => textsOf(record, 'Name')[0] === `${name}.`)
    .map((record) => ['Type', 'DNSName'].map((element) => textsOf(record, element)[0] ?? ''))
    .sort();
}

/** Sorted by port. */
async function listenersOf({ aws }: Surroundings, stackName: string) {
  const [LoadBalancerArn] = await resourcesOf(aws, stackName, LOAD_BALANCER);
  const { Listeners = [] } = await new ElasticLoadBalancingV2Client(aws).send(
    new DescribeListenersCommand({ LoadBalancerArn }),
  );
  return Listeners.sort((a, b) => (a.Port ?? 0) - (b.Port ?? 0));
}
