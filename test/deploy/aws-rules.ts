import type { Resource } from '../infra/transitions/template.ts';

type Resources = Readonly<Record<string, Resource>>;

/** An update that AWS rejects, and its error. */
interface RejectedUpdate {
  readonly before: Resources;
  readonly after: Resources;
  /** The resource at which it fails. */
  readonly id: string;
  readonly reason: RegExp;
}

const ELB = 'AWS::ElasticLoadBalancingV2';

const resource = (Type: string, Properties: Readonly<Record<string, unknown>>): Resource => ({
  Type,
  Properties,
});
const subnet = (AvailabilityZone: string, CidrBlock: string) =>
  resource('AWS::EC2::Subnet', {
    VpcId: { Ref: 'Vpc' },
    AvailabilityZone: `eu-west-1${AvailabilityZone}`,
    CidrBlock,
  });
const listener = (Port: number) =>
  resource(`${ELB}::Listener`, {
    LoadBalancerArn: { Ref: 'LoadBalancer' },
    Port,
    Protocol: 'HTTP',
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
  });
const loadBalancer = (properties: Readonly<Record<string, unknown>>) =>
  resource(`${ELB}::LoadBalancer`, {
    Scheme: 'internal',
    Subnets: [{ Ref: 'A' }, { Ref: 'B' }],
    ...properties,
  });

const NETWORK = {
  Vpc: resource('AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' }),
  A: subnet('a', '10.0.0.0/24'),
  B: subnet('b', '10.0.1.0/24'),
};
const BALANCED = { ...NETWORK, LoadBalancer: loadBalancer({}) };

const group = (properties: Readonly<Record<string, unknown>>) =>
  resource(`${ELB}::TargetGroup`, {
    TargetType: 'ip',
    Protocol: 'HTTP',
    Port: 80,
    VpcId: { Ref: 'Vpc' },
    ...properties,
  });
const rule = resource(`${ELB}::ListenerRule`, {
  ListenerArn: { Ref: 'Http' },
  Priority: 10,
  Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api/*'] } }],
  Actions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Group' } }],
});

const role = resource('AWS::IAM::Role', {
  AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
});
const fn = (MemorySize: number, ZipFile = 'exports.handler = async () => {};') =>
  resource('AWS::Lambda::Function', {
    Code: { ZipFile },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    MemorySize,
  });
/** A function with the given code, and its role. */
export const functionOf = (code: string): Resources => ({ Role: role, One: fn(128, code) });

const permission = (name: string) =>
  resource('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName: { 'Fn::GetAtt': [name, 'Arn'] },
    Principal: 'elasticloadbalancing.amazonaws.com',
    SourceArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/*',
  });
const FUNCTIONS = {
  Role: role,
  One: fn(128),
  Other: fn(256),
  MayOne: permission('One'),
  MayOther: permission('Other'),
};
const groupOf = (name: string): Resource => ({
  ...resource(`${ELB}::TargetGroup`, {
    TargetType: 'lambda',
    Targets: [{ Id: { 'Fn::GetAtt': [name, 'Arn'] } }],
  }),
  ...{ DependsOn: ['MayOne', 'MayOther'] },
});
const version = resource('AWS::Lambda::Version', { FunctionName: { Ref: 'One' } });

/** Small updates, each of which breaks one rule. */
export const REJECTED: Readonly<Record<string, RejectedUpdate>> = {
  'a port has one listener': {
    before: { ...BALANCED, Http: listener(80) },
    after: { ...BALANCED, Redirect: listener(80) },
    id: 'Redirect',
    reason: /DuplicateListener/,
  },
  'a range is taken until its subnet is gone': {
    before: NETWORK,
    after: { Vpc: NETWORK.Vpc, C: subnet('a', '10.0.0.0/24') },
    id: 'C',
    reason: /InvalidSubnet\.Conflict/,
  },
  'a load balancer has one subnet of a zone': {
    before: NETWORK,
    after: {
      ...NETWORK,
      C: subnet('a', '10.0.2.0/24'),
      LoadBalancer: loadBalancer({ Subnets: [{ Ref: 'A' }, { Ref: 'B' }, { Ref: 'C' }] }),
    },
    id: 'LoadBalancer',
    reason: /InvalidConfigurationRequest/,
  },
  'a name is taken until its load balancer is gone': {
    before: { ...NETWORK, LoadBalancer: loadBalancer({ Name: 'api' }) },
    after: { ...NETWORK, LoadBalancer: loadBalancer({ Name: 'api', Scheme: 'internet-facing' }) },
    id: 'LoadBalancer',
    reason: /DuplicateLoadBalancerName/,
  },
  'a named target group cannot be replaced under the same name': {
    before: { ...NETWORK, Group: group({ Name: 'api' }) },
    after: { ...NETWORK, Group: group({ Name: 'api', Port: 81 }) },
    id: 'Group',
    reason: /DuplicateTargetGroupName/,
  },
  'a target group belongs to one load balancer': {
    before: { ...BALANCED, Http: listener(80), Group: group({}), Rule: rule },
    after: {
      ...NETWORK,
      LoadBalancer: loadBalancer({ Scheme: 'internet-facing' }),
      Http: listener(80),
      Group: group({}),
      Rule: rule,
    },
    id: 'Group',
    reason: /TargetGroupAssociationLimit/,
  },
  'a target group keeps its function': {
    before: { ...FUNCTIONS, Group: groupOf('One') },
    after: { ...FUNCTIONS, Group: groupOf('Other') },
    id: 'Group',
    reason: /cannot take another function/,
  },
  'a new version needs a changed function': {
    before: { Role: role, One: fn(128), V1: version },
    after: { Role: role, One: fn(128), V2: version },
    id: 'V2',
    reason: /A version for this Lambda function exists/,
  },
  'an id keeps its type': {
    before: { Thing: role },
    after: { Thing: resource('AWS::Logs::LogGroup', {}) },
    id: 'Thing',
    reason: /Update of resource type is not permitted/,
  },
};
