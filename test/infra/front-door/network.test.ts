import { describe, expect, it } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import type { AuthorizerStack } from '../../../infra/authorizer-stack.ts';
import { CERTIFICATE, contextOf } from '../shapes.ts';
import { stackOf, templateOf } from '../synth.ts';
import { lookedUp, SIGNED_IN, subnetIdOf } from './looked-up-vpc.ts';

const ELB = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const PUBLIC = ['Public', 'Public', ['a', 0], ['b', 1]] as const;
const TWO_PRIVATE_TIERS = lookedUp(
  PUBLIC,
  ['App', 'Private', ['a', 10], ['b', 11]],
  ['Data', 'Private', ['a', 20], ['b', 21]],
);

function synthesized(context: Record<string, unknown>) {
  const stack = stackOf(context, SIGNED_IN) as AuthorizerStack;
  const balancers = Object.values(Template.fromStack(stack).findResources(ELB));
  return { stack, subnets: balancers.flatMap(({ Properties }) => Properties.Subnets) };
}

describe('an existing VPC', () => {
  it('with two private tiers gives an internal load balancer one subnet per zone, which the synth names', () => {
    const { stack, subnets } = synthesized({ ...TWO_PRIVATE_TIERS, internal: 'true' });
    expect(subnets).toEqual([subnetIdOf(10), subnetIdOf(11)]);
    expect(stack.notes[0]).toMatch(/^Subnets of the load balancer: subnet-0000000a \(eu-west-1a, App,/);
    expect(stack.problems).toEqual([]);
  });

  it('gives the endpoint of Verified Access the same subnets, which also needs one per zone', () => {
    const template = Template.fromStack(
      stackOf({ ...contextOf('verified-access'), ...TWO_PRIVATE_TIERS }, SIGNED_IN),
    );
    const subnets = [subnetIdOf(10), subnetIdOf(11)];
    template.hasResourceProperties(ELB, { Subnets: subnets });
    template.hasResourceProperties('AWS::EC2::VerifiedAccessEndpoint', {
      LoadBalancerOptions: Match.objectLike({ SubnetIds: subnets }),
    });
  });

  it('with one subnet per zone gives all of them in the order of the lookup, as it did before there was a choice', () => {
    const { subnets } = synthesized(lookedUp(['Public', 'Public', ['c', 9], ['a', 5], ['b', 7]]));
    expect(subnets).toEqual([subnetIdOf(9), subnetIdOf(5), subnetIdOf(7)]);
  });

  it('gives the requested subnets, or subnets in the requested zones', () => {
    const subnetIds = `${subnetIdOf(21)},${subnetIdOf(10)}`;
    expect(synthesized({ ...TWO_PRIVATE_TIERS, internal: 'true', subnetIds }).subnets).toEqual([
      subnetIdOf(10),
      subnetIdOf(21),
    ]);
    const wide = lookedUp(['Public', 'Public', ['a', 0], ['b', 1], ['c', 2]]);
    expect(synthesized({ ...wide, zones: 'eu-west-1c,eu-west-1a' }).subnets).toEqual([
      subnetIdOf(0),
      subnetIdOf(2),
    ]);
  });

  it('without suitable subnets is a problem of an option, which lists the subnets', () => {
    const { stack } = synthesized(lookedUp(['Public', 'Public', ['a', 0]], ['App', 'Private', ['b', 10]]));
    expect(stack.problems).toEqual([
      'vpcId: vpc-0123456789abcdef0 has no public subnets in two zones; give subnetIds, one per zone, from subnet-00000000 (eu-west-1a, Public, 10.9.0.0/24), subnet-0000000a (eu-west-1b, App, 10.9.10.0/24)',
    ]);
  });

  it('that has not been looked up yet is not a problem, because the CLI does that after a first synth', () => {
    const { stack } = synthesized({
      vpcId: 'vpc-0123456789abcdef0',
      subnetIds: `${subnetIdOf(1)},${subnetIdOf(2)}`,
    });
    expect(stack.problems).toEqual([]);
    expect(stack.notes).toHaveLength(1);
  });
});

describe('a new VPC', () => {
  const rangesOf = (context: Record<string, string>) =>
    Object.values(templateOf(context).findResources('AWS::EC2::Subnet')).map(({ Properties }) => [
      Properties.AvailabilityZone,
      Properties.CidrBlock,
    ]);

  it('has the requested range and zones, with room for subnets of the other kind', () => {
    const context = { vpcCidr: '10.20.0.0/20', zones: 'eu-west-1a,eu-west-1b,eu-west-1c' };
    templateOf(context).hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '10.20.0.0/20' });
    expect(rangesOf(context)).toEqual([
      ['eu-west-1a', '10.20.0.0/24'],
      ['eu-west-1b', '10.20.1.0/24'],
      ['eu-west-1c', '10.20.2.0/24'],
    ]);
    expect(rangesOf({ ...context, internal: 'true' })).toEqual([
      ['eu-west-1a', '10.20.3.0/24'],
      ['eu-west-1b', '10.20.4.0/24'],
      ['eu-west-1c', '10.20.5.0/24'],
    ]);
  });

  it('may be the smallest that fits subnets for a load balancer', () => {
    expect(rangesOf({ vpcCidr: '10.20.0.0/23' }).map(([, range]) => range)).toEqual([
      '10.20.0.0/27',
      '10.20.0.32/27',
    ]);
  });
});

describe('callers of an internal load balancer', () => {
  it('are its VPC, or the requested ranges instead', () => {
    const allowedCidrs = '10.30.0.0/16,2001:db8::/56,pl-0123456789abcdef0';
    const rules = (context: Record<string, string>) => {
      const template = templateOf({ ...context, internal: 'true', certificateArn: CERTIFICATE });
      const [group] = Object.values(template.findResources('AWS::EC2::SecurityGroup'));
      const own = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'));
      return [
        ...(group?.Properties.SecurityGroupIngress ?? []),
        ...own.map(({ Properties }) => Properties),
      ].map(({ CidrIp, CidrIpv6, SourcePrefixListId, FromPort, ToPort }) => [
        CidrIp ?? CidrIpv6 ?? SourcePrefixListId,
        FromPort,
        ToPort,
      ]);
    };
    expect(rules({})).toEqual([[{ 'Fn::GetAtt': ['Vpc8378EB38', 'CidrBlock'] }, 443, 443]]);
    expect(rules({ allowedCidrs, ipAddressType: 'dualstack' })).toEqual([
      ['10.30.0.0/16', 443, 443],
      ['2001:db8::/56', 443, 443],
      ['pl-0123456789abcdef0', 443, 443],
    ]);
  });
});
