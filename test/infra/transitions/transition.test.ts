import { expect, it } from '@jest/globals';
import type { Resource } from './template.ts';
import { transitionBetween } from './transition.ts';

const subnet = (CidrBlock: string, vpc = 'Vpc') => ({
  Type: 'AWS::EC2::Subnet',
  Properties: { CidrBlock, VpcId: { Ref: vpc } },
});
const vpc = (CidrBlock: string) => ({ Type: 'AWS::EC2::VPC', Properties: { CidrBlock } });

function kinds(before: Record<string, Resource>, after: Record<string, Resource>) {
  const { changes } = transitionBetween({ Resources: before }, { Resources: after });
  return Object.fromEntries(changes.map(({ id, kind }) => [id, kind]));
}

it('distinguishes created, removed, modified and kept resources', () => {
  const role = (description: string) => ({
    Type: 'AWS::IAM::Role',
    Properties: { Description: description },
  });
  expect(
    kinds(
      { Old: role('old'), Changed: role('one'), Same: role('same') },
      { New: role('new'), Changed: role('other'), Same: role('same') },
    ),
  ).toEqual({ New: 'created', Changed: 'modified', Same: 'kept', Old: 'removed' });
});

it('replaces a resource if a property changes that an update cannot change', () => {
  expect(kinds({ Subnet: subnet('10.0.0.0/24') }, { Subnet: subnet('10.0.1.0/24') })).toEqual({
    Subnet: 'replaced',
  });
});

it('replaces what refers to a replaced resource, through any number of references', () => {
  const association = {
    Type: 'AWS::EC2::SubnetRouteTableAssociation',
    Properties: { SubnetId: { Ref: 'Subnet' }, RouteTableId: 'rtb-1' },
  };
  expect(
    kinds(
      { Association: association, Subnet: subnet('10.0.0.0/24'), Vpc: vpc('10.0.0.0/16') },
      { Association: association, Subnet: subnet('10.0.0.0/24'), Vpc: vpc('10.0.0.0/15') },
    ),
  ).toEqual({ Association: 'replaced', Subnet: 'replaced', Vpc: 'replaced' });
});

it('modifies what refers to a replaced resource by a property that can change', () => {
  const loadBalancer = {
    Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    Properties: { Subnets: [{ 'Fn::GetAtt': ['Subnet', 'SubnetId'] }] },
  };
  expect(
    kinds(
      { Subnet: subnet('10.0.0.0/24'), LoadBalancer: loadBalancer },
      { Subnet: subnet('10.0.1.0/24'), LoadBalancer: loadBalancer },
    ),
  ).toEqual({ Subnet: 'replaced', LoadBalancer: 'modified' });
});

it('finds references within Fn::Sub', () => {
  const group = {
    Type: 'AWS::Logs::LogGroup',
    Properties: { LogGroupName: { 'Fn::Sub': ['$', '{Role.Arn}'].join('') } },
  };
  const role = (Path: string) => ({ Type: 'AWS::IAM::Role', Properties: { Path } });
  expect(kinds({ Group: group, Role: role('/a/') }, { Group: group, Role: role('/b/') })).toEqual({
    Group: 'replaced',
    Role: 'replaced',
  });
});

it('looks inside a property for the part that an update cannot change', () => {
  const endpoint = (arn: string, port: number) => ({
    Type: 'AWS::EC2::VerifiedAccessEndpoint',
    Properties: { LoadBalancerOptions: { LoadBalancerArn: arn, Port: port } },
  });
  expect(kinds({ Endpoint: endpoint('one', 80) }, { Endpoint: endpoint('one', 443) })).toEqual({
    Endpoint: 'modified',
  });
  expect(kinds({ Endpoint: endpoint('one', 80) }, { Endpoint: endpoint('two', 80) })).toEqual({
    Endpoint: 'replaced',
  });
});

it('refuses to guess for a type that is not in its table', () => {
  const thing = { Type: 'AWS::New::Thing' };
  expect(() => kinds({ Thing: thing }, { Thing: thing })).toThrow(
    'AWS::New::Thing is not in replaced-by.json; add it from https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-new-thing.html',
  );
});

it('treats a reference to a replaced resource as changed by the update', () => {
  const { identityOf } = transitionBetween(
    { Resources: { Subnet: subnet('10.0.0.0/24'), Vpc: vpc('10.0.0.0/16') } },
    { Resources: { Subnet: subnet('10.0.1.0/24'), Vpc: vpc('10.0.0.0/16') } },
  );
  expect(identityOf('after', { Ref: 'Subnet' })).not.toBe(identityOf('before', { Ref: 'Subnet' }));
  expect(identityOf('after', { Ref: 'Vpc' })).toBe(identityOf('before', { Ref: 'Vpc' }));
});
