import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

interface NetworkProps {
  /** An existing VPC, looked up at synth. */
  readonly vpcId: string | undefined;
  readonly internal: boolean;
  /** Attaches an internet gateway to a new VPC even where no subnet has a route to it. */
  readonly internetGateway?: boolean;
  /** Whether a new VPC and its subnets have IPv6 ranges, too. */
  readonly ipv6: boolean;
}

/** 4,096 addresses a subnet: both pairs together take a quarter of the VPC's range. */
const CIDR_MASK = 20;

/**
 * The VPC of the load balancer. A new one has two subnets, the fewest a load balancer takes, and no NAT:
 * the function runs outside it. The subnets are public for an internet-facing load balancer. For an
 * internal one they are isolated, without an internet gateway: callers come from within the VPC or over
 * peering, a transit gateway or a VPN that its owner adds. Each pair has a
 * range of its own, because both exist while one replaces the other.
 */
export function networkFor(
  scope: Construct,
  { vpcId, internal, internetGateway = false, ipv6 }: NetworkProps,
): ec2.IVpc {
  if (vpcId !== undefined) {
    return ec2.Vpc.fromLookup(scope, 'Vpc', { vpcId });
  }
  // The cast is for exactOptionalPropertyTypes, which CDK's own declarations don't compile under.
  const vpc = new ec2.Vpc(scope, 'Vpc', {
    maxAzs: 2,
    natGateways: 0,
    ...(ipv6 ? { ipProtocol: ec2.IpProtocol.DUAL_STACK } : {}),
    // The custom resource that empties the default security group is a function of its own; nothing here
    // uses that group.
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      {
        name: 'Public',
        subnetType: ec2.SubnetType.PUBLIC,
        mapPublicIpOnLaunch: false,
        cidrMask: CIDR_MASK,
        reserved: internal,
      },
      {
        name: 'Isolated',
        subnetType: ec2.SubnetType.PRIVATE_ISOLATED,
        cidrMask: CIDR_MASK,
        reserved: !internal,
      },
    ],
  }) as ec2.IVpc;
  if (internal && internetGateway) {
    // CloudFront enters a VPC only where there is one, though none of its traffic goes through it.
    // With the ids that CDK gives them beside public subnets: a VPC takes only one gateway, so it must not be replaced.
    const gateway = new ec2.CfnInternetGateway(vpc, 'IGW');
    new ec2.CfnVPCGatewayAttachment(vpc, 'VPCGW', {
      vpcId: vpc.vpcId,
      internetGatewayId: gateway.ref,
    });
  }
  return vpc;
}
