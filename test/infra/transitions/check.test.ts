import { describe, expect, it } from '@jest/globals';
import { findingsBetween } from './check.ts';
import type { Resource } from './template.ts';

type Resources = Readonly<Record<string, Resource>>;

const ELB = 'AWS::ElasticLoadBalancingV2';

/** Each finding as `kind id`: the texts are for people. */
function found(before: Resources, after: Resources): string[] {
  return findingsBetween({ Resources: before }, { Resources: after }).map(({ kind, id }) => `${kind} ${id}`);
}

const resource = (Type: string, Properties: Record<string, unknown> = {}, further = {}): Resource => ({
  Type,
  Properties,
  ...further,
});

const loadBalancer = (properties: Record<string, unknown> = {}) =>
  resource(`${ELB}::LoadBalancer`, properties, { UpdateReplacePolicy: 'Retain' });
const listener = (Port: number, properties: Record<string, unknown> = {}) =>
  resource(`${ELB}::Listener`, { LoadBalancerArn: { Ref: 'LoadBalancer' }, Port, ...properties });

describe('the ports of a load balancer', () => {
  it('take one listener each, and the old one exists until the end', () => {
    const LoadBalancer = loadBalancer();
    expect(found({ LoadBalancer, A: listener(80) }, { LoadBalancer, B: listener(80) })).toEqual(['fails B']);
    expect(found({ LoadBalancer, A: listener(80) }, { LoadBalancer, B: listener(443) })).toEqual([]);
  });

  it('allow their listener to change in place', () => {
    const LoadBalancer = loadBalancer();
    const secure = listener(80, { Protocol: 'HTTPS' });
    expect(found({ LoadBalancer, A: listener(80) }, { LoadBalancer, A: secure })).toEqual([]);
  });

  it('cannot be swapped between two listeners', () => {
    const LoadBalancer = loadBalancer();
    expect(
      found(
        { LoadBalancer, A: listener(80), B: listener(443) },
        { LoadBalancer, A: listener(443), B: listener(80) },
      ),
    ).toEqual(['fails A', 'fails B']);
  });

  it('are free on a load balancer that replaces another', () => {
    const [inside, outside] = ['internal', 'internet-facing'].map((Scheme) => loadBalancer({ Scheme }));
    expect(
      found(
        { LoadBalancer: inside as Resource, A: listener(80) },
        { LoadBalancer: outside as Resource, A: listener(80), B: listener(443) },
      ),
    ).toEqual([]);
  });
});

describe('a load balancer with deletion protection', () => {
  const protecting = (Value: string, Scheme = 'internal') =>
    loadBalancer({ Scheme, LoadBalancerAttributes: [{ Key: 'deletion_protection.enabled', Value }] });

  it('can be neither removed nor replaced, whatever the protection of the new one', () => {
    const LoadBalancer = protecting('true');
    expect(found({ LoadBalancer }, {})).toContain('fails LoadBalancer');
    const other = protecting('false', 'internet-facing');
    expect(found({ LoadBalancer }, { LoadBalancer: other })).toContain('fails LoadBalancer');
    expect(found({ LoadBalancer: other }, { LoadBalancer })).not.toContain('fails LoadBalancer');
  });

  it('can lose its protection in place', () => {
    expect(found({ LoadBalancer: protecting('true') }, { LoadBalancer: protecting('false') })).toEqual([]);
  });
});

describe('a resource with a name', () => {
  const group = (Name: string | undefined, TargetType: string) =>
    resource(`${ELB}::TargetGroup`, { ...(Name === undefined ? {} : { Name }), TargetType });

  it('keeps its name when replaced, which fails', () => {
    expect(found({ Group: group('api', 'ip') }, { Group: group('api', 'lambda') })).toEqual(['fails Group']);
    expect(found({ Group: group('api', 'ip') }, { Group: group('api-2', 'lambda') })).toEqual([]);
    expect(found({ Group: group(undefined, 'ip') }, { Group: group(undefined, 'lambda') })).toEqual([]);
  });

  it.each([
    ['AWS::IAM::Role', 'RoleName'],
    ['AWS::Lambda::Function', 'FunctionName'],
    [`${ELB}::LoadBalancer`, 'Name'],
    [`${ELB}::TargetGroup`, 'Name'],
    ['AWS::Cognito::UserPoolDomain', 'Domain'],
    ['AWS::S3::Bucket', 'BucketName'],
    ['AWS::Logs::LogGroup', 'LogGroupName'],
    ['AWS::Events::Rule', 'Name'],
  ])('cannot move to another logical id with it: %s', (type, name) => {
    const kept = { DeletionPolicy: 'Retain' };
    const [named, another] = ['one', 'other'].map((value) => resource(type, { [name]: value }, kept));
    expect(found({ Old: named as Resource }, { New: named as Resource })).toEqual(['fails New']);
    expect(found({ Old: named as Resource }, { New: another as Resource })).toEqual([]);
  });

  it('cannot be given to two new resources', () => {
    const role = resource('AWS::IAM::Role', { RoleName: 'one' });
    expect(found({}, { A: role, B: role })).toEqual(['fails B']);
    expect(found({ A: role }, { A: role, B: role })).toEqual(['fails B']);
    expect(found({ A: role, B: role }, { A: role, B: role })).toEqual([]);
  });

  it.each([
    ['AWS::ApiGateway::Authorizer', { RestApiId: 'api', Name: 'jwt' }],
    ['AWS::Lambda::EventInvokeConfig', { FunctionName: 'keeper', Qualifier: '$LATEST' }],
    ['AWS::CloudFront::OriginRequestPolicy', { OriginRequestPolicyConfig: { Name: 'all' } }],
    [
      'AWS::EC2::SecurityGroupIngress',
      { GroupId: 'sg-1', IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '10.0.0.0/16' },
    ],
    [
      'AWS::EC2::SecurityGroupEgress',
      { GroupId: 'sg-1', IpProtocol: 'tcp', FromPort: 80, ToPort: 80, DestinationSecurityGroupId: 'sg-2' },
    ],
  ])('is not the only thing that must be unique within something else: %s', (type, properties) => {
    expect(found({ Old: resource(type, properties) }, { New: resource(type, properties) })).toEqual([
      'fails New',
    ]);
  });

  it('is not the only thing that must be unique: a user pool has one domain', () => {
    const domain = (Domain: string) =>
      resource(
        'AWS::Cognito::UserPoolDomain',
        { Domain, UserPoolId: 'pool' },
        { UpdateReplacePolicy: 'Retain' },
      );
    expect(found({ Domain: domain('one') }, { Domain: domain('other') })).toEqual(['fails Domain']);
  });

  it.each([
    ['AWS::CloudWatch::Dashboard', { DashboardName: 'api' }],
    ['AWS::CloudWatch::Alarm', { AlarmName: 'api' }],
    ['AWS::WAFv2::WebACLAssociation', { ResourceArn: 'arn', WebACLArn: 'acl' }],
  ])('is taken over where AWS lets that happen, and removed with the old one: %s', (type, properties) => {
    expect(found({ Old: resource(type, properties) }, { New: resource(type, properties) })).toEqual([
      'loses New',
    ]);
  });
});

describe('the priorities of a listener', () => {
  const rule = (Priority: number, Values = ['/api/*']) =>
    resource(`${ELB}::ListenerRule`, { ListenerArn: 'arn', Priority, Conditions: [{ Values }] });

  it('take one rule each', () => {
    expect(found({ A: rule(10) }, { B: rule(10) })).toEqual(['fails B']);
    expect(found({ A: rule(10) }, { B: rule(11) })).toEqual([]);
    expect(found({ A: rule(10) }, { A: rule(10, ['/v2/*']) })).toEqual([]);
  });
});

describe('the ranges of a VPC', () => {
  const subnet = (CidrBlock: string, VpcId: unknown = 'vpc-1', AvailabilityZone = 'a') =>
    resource('AWS::EC2::Subnet', { CidrBlock, VpcId, AvailabilityZone });

  it('include those of subnets that will be removed', () => {
    expect(found({ Public: subnet('10.0.0.0/24') }, { Isolated: subnet('10.0.0.0/24') })).toEqual([
      'fails Isolated',
    ]);
    expect(found({ Public: subnet('10.0.0.0/18') }, { Isolated: subnet('10.0.63.0/24') })).toEqual([
      'fails Isolated',
    ]);
    expect(found({ Public: subnet('10.0.0.0/18') }, { Isolated: subnet('10.0.64.0/18') })).toEqual([]);
    expect(found({ Public: subnet('10.0.0.0/24') }, { Isolated: subnet('10.0.0.0/24', 'vpc-2') })).toEqual(
      [],
    );
  });

  it('are not free for a subnet that is replaced', () => {
    expect(found({ Public: subnet('10.0.0.0/24') }, { Public: subnet('10.0.0.0/24', 'vpc-1', 'b') })).toEqual(
      ['fails Public'],
    );
  });

  it('are free once the VPC is replaced', () => {
    const vpc = (CidrBlock: string) =>
      resource('AWS::EC2::VPC', { CidrBlock }, { UpdateReplacePolicy: 'Retain' });
    const within = subnet('10.0.0.0/24', { Ref: 'Vpc' });
    expect(
      found({ Vpc: vpc('10.0.0.0/16'), Public: within }, { Vpc: vpc('10.0.0.0/15'), Public: within }),
    ).toEqual([]);
  });
});

describe('the subnets of a load balancer', () => {
  const subnet = (AvailabilityZone: string, CidrBlock: string, VpcId = 'vpc-1') =>
    resource('AWS::EC2::Subnet', { AvailabilityZone, CidrBlock, VpcId });
  const across = (...ids: string[]) => loadBalancer({ Subnets: ids.map((Ref) => ({ Ref })) });
  const A = subnet('a', '10.0.0.0/24');
  const B = subnet('b', '10.0.1.0/24');

  it('are one per zone, in at least two zones', () => {
    expect(found({}, { A, B, LoadBalancer: across('A', 'B') })).toEqual([]);
    const twice = subnet('a', '10.0.2.0/24');
    expect(found({}, { A, B, twice, LoadBalancer: across('A', 'B', 'twice') })).toEqual([
      'fails LoadBalancer',
    ]);
    expect(found({}, { A, LoadBalancer: across('A') })).toEqual(['fails LoadBalancer']);
  });

  it('can change within its VPC, but not to another VPC', () => {
    const before = { A, B, LoadBalancer: across('A', 'B') };
    const others = (vpc: string) => ({
      C: subnet('a', '10.0.2.0/24', vpc),
      D: subnet('b', '10.0.3.0/24', vpc),
      LoadBalancer: across('C', 'D'),
    });
    expect(found(before, others('vpc-1'))).toEqual([]);
    expect(found(before, others('vpc-2'))).toEqual(['fails LoadBalancer']);
  });
});

describe('a target group', () => {
  const group = (Id: unknown, TargetType = 'lambda') =>
    resource(`${ELB}::TargetGroup`, { TargetType, Targets: [{ Id }] });
  const rule = (ListenerArn: unknown) =>
    resource(`${ELB}::ListenerRule`, {
      ListenerArn,
      Priority: 10,
      Actions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Group' } }],
    });
  const foreign = (name: string) => `arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/${name}/0/1`;

  it('never changes its function', () => {
    expect(found({ Group: group('one') }, { Group: group('other') })).toEqual(['fails Group']);
    expect(found({ Group: group('10.0.0.1', 'ip') }, { Group: group('10.0.0.2', 'ip') })).toEqual([]);
    expect(found({ Group: group('one') }, { Other: group('other') })).toEqual([]);
  });

  it('changes it if the function is replaced, although the template says the same', () => {
    const fn = (FunctionName: string) => resource('AWS::Lambda::Function', { FunctionName });
    const Group = group({ 'Fn::GetAtt': ['Function', 'Arn'] });
    expect(found({ Group, Function: fn('a') }, { Group, Function: fn('b') })).toEqual(['fails Group']);
  });

  it('belongs to one load balancer at a time', () => {
    const Group = group('one');
    expect(found({ Group, A: rule(foreign('x')) }, { Group, A: rule(foreign('y')) })).toEqual([
      'fails Group',
    ]);
    expect(found({ Group, A: rule(foreign('x')) }, { Group, A: rule(`${foreign('x')}9`) })).toEqual([]);
    expect(found({ Group, A: rule(foreign('x')) }, { Group: group('one') })).toEqual([]);
  });

  it('belongs to another one once its load balancer is replaced', () => {
    const Group = group('one');
    const stack = (Scheme: string) => ({
      Group,
      LoadBalancer: loadBalancer({ Scheme }),
      Listener: listener(80),
      Rule: rule({ Ref: 'Listener' }),
    });
    expect(found(stack('internal'), stack('internet-facing'))).toEqual(['fails Group']);
    expect(found(stack('internal'), stack('internal'))).toEqual([]);
  });
});

describe('an id', () => {
  it('keeps its type', () => {
    expect(found({ Thing: resource('AWS::IAM::Role') }, { Thing: resource('AWS::IAM::Policy') })).toEqual([
      'fails Thing',
    ]);
  });

  it('keeps the function of a custom resource', () => {
    const custom = (properties: Record<string, unknown>) => resource('Custom::Configuration', properties);
    expect(found({ C: custom({ ServiceToken: 'a' }) }, { C: custom({ ServiceToken: 'b' }) })).toEqual([
      'fails C',
    ]);
    expect(
      found({ C: custom({ ServiceToken: 'a' }) }, { C: custom({ ServiceToken: 'a', More: '1' }) }),
    ).toEqual([]);
    const fn = (FunctionName: string) => resource('AWS::Lambda::Function', { FunctionName });
    const byArn = custom({ ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] } });
    expect(found({ C: byArn, Function: fn('a') }, { C: byArn, Function: fn('b') })).toEqual(['fails C']);
  });
});

describe('a version of a function', () => {
  const fn = (MemorySize: number) => resource('AWS::Lambda::Function', { MemorySize });
  const version = resource('AWS::Lambda::Version', { FunctionName: { Ref: 'Function' } });

  it('is published with each change of the function', () => {
    expect(found({ Function: fn(128), V1: version }, { Function: fn(256), V2: version })).toEqual([]);
    expect(found({ Function: fn(128), V1: version }, { Function: fn(256), V1: version })).toEqual([
      'fails V1',
    ]);
  });

  it('needs a changed function, except the first time', () => {
    expect(found({ Function: fn(128), V1: version }, { Function: fn(128), V2: version })).toEqual([
      'fails V2',
    ]);
    expect(found({ Function: fn(128) }, { Function: fn(128), V1: version })).toEqual([]);
  });

  it.each(['Tags', 'ReservedConcurrentExecutions'])(
    'has no %s, so a change of it needs none and allows none',
    (name) => {
      const changed = resource('AWS::Lambda::Function', { MemorySize: 128, [name]: 1 });
      expect(found({ Function: fn(128), V1: version }, { Function: changed, V1: version })).toEqual([]);
      expect(found({ Function: fn(128), V1: version }, { Function: changed, V2: version })).toEqual([
        'fails V2',
      ]);
    },
  );
});

describe('the role of a function', () => {
  const role = (Action: string, ...resources: string[]) =>
    resource('AWS::IAM::Role', {
      Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: resources }] } }],
    });
  const functionWith = (Ref: string, MemorySize: number) =>
    resource('AWS::Lambda::Function', { MemorySize, Role: { 'Fn::GetAtt': [Ref, 'Arn'] } });
  const version = resource('AWS::Lambda::Version', { FunctionName: { Ref: 'Function' } });
  const READ = 'ssm:GetParameters';
  const before = { Role: role(READ, '/orders'), Function: functionWith('Role', 128), V1: version };
  const after = { Function: functionWith('Role', 256), V2: version };

  it('is not narrowed in place while an alias still points to a version that reads with it', () => {
    expect(found(before, { ...after, Role: role(READ, '/team') })).toEqual(['fails Role']);
    expect(found(before, { ...after, Role: role('ssm:GetParameter', '/orders') })).toEqual(['fails Role']);
    expect(found(before, { ...after, Role: role(READ, '/orders', '/team') })).toEqual([]);
  });

  it('keeps reading the snapshot that a published version requests', () => {
    const reader = { ...before, Role: role('s3:GetObject', 'snapshot/1.json') };
    expect(found(reader, { ...after, Role: role('s3:GetObject', 'snapshot/2.json') })).toEqual([
      'fails Role',
    ]);
    const both = role('s3:GetObject', 'snapshot/1.json', 'snapshot/2.json');
    expect(found(reader, { ...after, Role: both })).toEqual([]);
  });

  it('can be replaced by one for another path, because the old one stays until the old version is gone', () => {
    const moved = { Other: role(READ, '/team'), Function: functionWith('Other', 256), V2: version };
    expect(found(before, moved)).toEqual([]);
  });

  it('can be narrowed if nothing is published with it', () => {
    const { V1: _, ...unpublished } = before;
    expect(found(unpublished, { ...unpublished, Role: role(READ, '/team') })).toEqual([]);
  });
});

describe('state', () => {
  const bucket = (further = {}) => resource('AWS::S3::Bucket', { BucketName: 'one' }, further);

  it('is lost with its resource, unless that is retained', () => {
    expect(found({ Bucket: bucket() }, {})).toEqual(['loses Bucket']);
    expect(found({ Bucket: bucket({ DeletionPolicy: 'Retain' }) }, {})).toEqual([]);
    expect(found({ Bucket: bucket() }, { Bucket: bucket() })).toEqual([]);
  });

  it('is lost with a replacement, too, unless the old resource is retained', () => {
    const renamed = resource('AWS::S3::Bucket', { BucketName: 'two' });
    expect(found({ Bucket: bucket() }, { Bucket: renamed })).toEqual(['loses Bucket']);
    expect(found({ Bucket: bucket({ UpdateReplacePolicy: 'Retain' }) }, { Bucket: renamed })).toEqual([]);
  });

  it('of a parameter is overwritten by any change of its entry in the template', () => {
    const parameter = (properties: Record<string, unknown>) =>
      resource('AWS::SSM::Parameter', { Name: '/issuer', ...properties });
    expect(found({ P: parameter({}) }, { P: parameter({ Tags: { a: 'b' } }) })).toEqual(['loses P']);
    expect(found({ P: parameter({}) }, { P: parameter({}) })).toEqual([]);
  });

  it('is lost with a load balancer that others know by its DNS name', () => {
    expect(found({ LoadBalancer: loadBalancer() }, {})).toEqual(['loses LoadBalancer']);
  });
});
