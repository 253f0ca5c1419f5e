import { aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Options } from '../options/options.ts';
import { chooseSubnets, type KnownSubnet } from './subnet-choice.ts';

/** Where the load balancer goes. */
export interface Network {
  readonly vpc: ec2.IVpc;
  /** One per zone. */
  readonly subnets: readonly ec2.ISubnet[];
  /** A note for whoever deploys: which subnets of an existing VPC these are. */
  readonly note?: string;
  /** Why no subnets of an existing VPC are suitable. */
  readonly problem?: string;
}

/** A VPC that is given as a construct and needs no lookup. */
export interface GivenNetwork extends Network {
  /** A name, in letters, digits and hyphens, that is different for each VPC. */
  readonly place: string;
}

type NetworkOptions = Pick<
  Options,
  'vpcId' | 'subnetIds' | 'zones' | 'vpcCidr' | 'internal' | 'verifiedAccess' | 'ipAddressType'
>;

/** The VPC of the load balancer, existing or new, and the load balancer's subnets there. */
export function networkFor(scope: Construct, options: NetworkOptions): Network {
  const { vpcId } = options;
  return vpcId === undefined ? newNetwork(scope, options) : existingNetwork(scope, { ...options, vpcId });
}

/** An internal load balancer has no public address. */
export const isInternal = ({ internal, verifiedAccess }: Pick<Options, 'internal' | 'verifiedAccess'>) =>
  internal || verifiedAccess;

function existingNetwork(scope: Construct, options: NetworkOptions & { readonly vpcId: string }): Network {
  const { vpcId, subnetIds, zones } = options;
  const vpc = ec2.Vpc.fromLookup(scope, 'Vpc', { vpcId });
  const kinds = { public: vpc.publicSubnets, private: vpc.privateSubnets, isolated: vpc.isolatedSubnets };
  const all = Object.entries(kinds);
  const known = all.flatMap(([kind, subnets]) =>
    subnets.map((subnet) => knownSubnet(subnet, kind as KnownSubnet['kind'])),
  );
  const internal = isInternal(options);
  // CDK uses a dummy VPC until the CLI has found the real one, and then synthesizes again.
  const found = vpc.vpcId === vpcId;
  const choice = chooseSubnets(known, found ? { vpcId, internal, subnetIds, zones } : { vpcId, internal });
  if (choice.kind === 'invalid') return { vpc, subnets: [], problem: choice.problem };
  const chosen = new Set(choice.subnets.map(({ id }) => id));
  const subnets = all.flatMap(([, some]) => some).filter(({ subnetId }) => chosen.delete(subnetId));
  return { vpc, subnets, ...(found ? { note: choice.note } : {}) };
}

function knownSubnet(subnet: ec2.ISubnet, kind: KnownSubnet['kind']): KnownSubnet {
  return {
    id: subnet.subnetId,
    zone: subnet.availabilityZone,
    kind,
    // After a lookup, only the construct's id has the tier's name, followed by "Subnet" and a number.
    tier: subnet.node.id.replace(/Subnet\d+$/, ''),
    range: subnet.ipv4CidrBlock,
  };
}

/** A subnet's prefix is this many bits longer than its VPC's: room for two subnets in each of eight zones. */
const SUBNET_BITS = 4;

/**
 * A new VPC. It has two zones, the fewest that a load balancer accepts, unless the options name others, and no NAT,
 * because the function runs outside it. An internet-facing load balancer gets public subnets. An internal one gets
 * isolated subnets without an internet gateway: its callers are in the VPC, or come over peering, a transit gateway or
 * a VPN that the VPC's owner adds. Each kind has its own ranges, because both exist while one replaces the other.
 */
function newNetwork(scope: Construct, options: NetworkOptions): Network {
  const { zones, vpcCidr, verifiedAccess, ipAddressType } = options;
  const internal = isInternal(options);
  const cidrMask = Number(vpcCidr.split('/')[1]) + SUBNET_BITS;
  // The cast is for exactOptionalPropertyTypes, which CDK's own declarations don't compile under.
  const vpc = new ec2.Vpc(scope, 'Vpc', {
    ipAddresses: ec2.IpAddresses.cidr(vpcCidr),
    ...(zones === undefined ? { maxAzs: 2 } : { availabilityZones: [...zones] }),
    natGateways: 0,
    ...(ipAddressType === 'ipv4' ? {} : { ipProtocol: ec2.IpProtocol.DUAL_STACK }),
    // To empty the default security group, CDK would add a custom resource with its own function; nothing here
    // uses that group.
    restrictDefaultSecurityGroup: false,
    subnetConfiguration: [
      {
        name: 'Public',
        subnetType: ec2.SubnetType.PUBLIC,
        mapPublicIpOnLaunch: false,
        cidrMask,
        reserved: internal,
      },
      {
        name: 'Isolated',
        subnetType: ec2.SubnetType.PRIVATE_ISOLATED,
        cidrMask,
        reserved: !internal,
      },
    ],
  }) as ec2.IVpc;
  if (verifiedAccess) {
    // CloudFront enters a VPC only if it has an internet gateway, although none of its traffic uses it. The ids are those
    // that CDK uses with public subnets: a VPC can have only one gateway, so it must not be replaced.
    const gateway = new ec2.CfnInternetGateway(vpc, 'IGW');
    new ec2.CfnVPCGatewayAttachment(vpc, 'VPCGW', {
      vpcId: vpc.vpcId,
      internetGatewayId: gateway.ref,
    });
  }
  return { vpc, subnets: internal ? vpc.isolatedSubnets : vpc.publicSubnets };
}
