import type { Finding, Rule } from '../finding.ts';
import { propertyOf, type Resource } from '../template.ts';
import type { Change, Side, Transition } from '../transition.ts';

const ELB = 'AWS::ElasticLoadBalancingV2';

type Key = readonly string[];

/** What identifies a security group's rule, besides the other end of the connection. */
const PORTS = ['GroupId', 'IpProtocol', 'FromPort', 'ToPort'] as const;

/** The properties that must be unique. Creating a second resource fails while the first still exists. */
const EXCLUSIVE: Readonly<Record<string, readonly Key[]>> = {
  [`${ELB}::Listener`]: [['LoadBalancerArn', 'Port']],
  [`${ELB}::ListenerRule`]: [['ListenerArn', 'Priority']],
  [`${ELB}::LoadBalancer`]: [['Name']],
  [`${ELB}::TargetGroup`]: [['Name']],
  'AWS::ApiGateway::Authorizer': [['RestApiId', 'Name']],
  'AWS::ApiGateway::Method': [['RestApiId', 'ResourceId', 'HttpMethod']],
  'AWS::ApiGateway::Resource': [['RestApiId', 'ParentId', 'PathPart']],
  'AWS::ApiGateway::Stage': [['RestApiId', 'StageName']],
  'AWS::ApiGatewayV2::Route': [['ApiId', 'RouteKey']],
  'AWS::ApiGatewayV2::Stage': [['ApiId', 'StageName']],
  'AWS::CloudFront::OriginRequestPolicy': [['OriginRequestPolicyConfig.Name']],
  'AWS::Cognito::UserPoolDomain': [['Domain'], ['UserPoolId']],
  'AWS::Cognito::UserPoolResourceServer': [['UserPoolId', 'Identifier']],
  'AWS::EC2::Route': [['RouteTableId', 'DestinationCidrBlock']],
  'AWS::EC2::SecurityGroup': [['VpcId', 'GroupName']],
  'AWS::EC2::SecurityGroupEgress': [
    [...PORTS, 'CidrIp'],
    [...PORTS, 'DestinationSecurityGroupId'],
  ],
  'AWS::EC2::SecurityGroupIngress': [
    [...PORTS, 'CidrIp'],
    [...PORTS, 'SourcePrefixListId'],
    [...PORTS, 'SourceSecurityGroupId'],
  ],
  'AWS::EC2::SubnetRouteTableAssociation': [['SubnetId']],
  'AWS::EC2::VPCGatewayAttachment': [['VpcId']],
  'AWS::EC2::VerifiedAccessEndpoint': [['ApplicationDomain']],
  'AWS::Events::Rule': [['Name']],
  'AWS::IAM::ManagedPolicy': [['ManagedPolicyName']],
  'AWS::IAM::Role': [['RoleName']],
  'AWS::Lambda::Alias': [['FunctionName', 'Name']],
  'AWS::Lambda::EventInvokeConfig': [['FunctionName', 'Qualifier']],
  'AWS::Lambda::Function': [['FunctionName']],
  'AWS::Logs::LogGroup': [['LogGroupName']],
  'AWS::Route53::RecordSet': [['HostedZoneId', 'Name', 'Type']],
  'AWS::S3::Bucket': [['BucketName']],
  'AWS::SSM::Parameter': [['Name']],
};

/** The same, except that the second resource silently takes over, and removing the first then deletes it. */
const TAKEN_OVER: Readonly<Record<string, readonly Key[]>> = {
  'AWS::CloudWatch::Alarm': [['AlarmName']],
  'AWS::CloudWatch::Dashboard': [['DashboardName']],
  'AWS::S3::BucketPolicy': [['Bucket']],
  'AWS::WAFv2::WebACLAssociation': [['ResourceArn']],
};

interface Holder {
  readonly id: string;
  readonly resource: Resource;
  readonly names: Key;
  /** The values, in a form that can be compared. */
  readonly key: string;
}

export const keysAreUnique: Rule = (transition) => {
  const old = transition.changes.flatMap((change) =>
    change.kind === 'created' ? [] : holder(transition, 'before', change.id, change.before),
  );
  const arrived: Holder[] = [];
  return transition.changes.flatMap((change) =>
    arriving(transition, change).flatMap((newcomer) => {
      const holders = old.filter((one) => clash(one, newcomer, change));
      const twins = holders.length > 0 ? [] : arrived.filter(({ key }) => key === newcomer.key);
      arrived.push(newcomer);
      return [...holders, ...twins].map((one) => finding(one, newcomer));
    }),
  );
};

/** A resource that is created, or that may take another key. */
function arriving(transition: Transition, change: Change): Holder[] {
  return change.kind === 'removed' || change.kind === 'kept'
    ? []
    : holder(transition, 'after', change.id, change.after);
}

function holder({ identityOf }: Transition, side: Side, id: string, resource: Resource): Holder[] {
  const { Type } = resource;
  return (EXCLUSIVE[Type] ?? TAKEN_OVER[Type] ?? []).flatMap((names) => {
    const values = names.map((name) => propertyOf(resource, name));
    // AWS gives a resource without a name a unique one.
    if (values.includes(undefined)) return [];
    return [{ id, resource, names, key: `${Type} ${names} ${identityOf(side, values)}` }];
  });
}

/** A resource that is modified in place is still the one that holds the key. */
function clash(old: Holder, newcomer: Holder, { kind }: Change): boolean {
  return old.key === newcomer.key && (old.id !== newcomer.id || kind === 'replaced');
}

function finding(old: Holder, { id, names, resource: { Type: type } }: Holder): Finding {
  const other = old.id === id ? 'the one that it replaces' : old.id;
  const key = names.join(' and ');
  return type in EXCLUSIVE
    ? { kind: 'fails', id, type, text: `is created with the ${key} of ${other}, which still exists` }
    : {
        kind: 'loses',
        id,
        type,
        text: `takes over the ${key} of ${other}, and is deleted when that is removed`,
      };
}
