import { aws_ec2 as ec2, Fn } from 'aws-cdk-lib';
import type { Options } from '../options/options.ts';

type CallerOptions = Pick<Options, 'internal' | 'verifiedAccess' | 'allowedCidrs' | 'ipAddressType'>;

/**
 * Who may call the listener directly: anybody, or, if the load balancer is internal, callers in the VPC or in the given ranges
 * instead. If CloudFront and Verified Access are the ways in, nobody else may: each of them adds its own rule.
 */
export function callersOf(vpc: ec2.IVpc, options: CallerOptions): readonly ec2.IPeer[] {
  const { internal, verifiedAccess, allowedCidrs, ipAddressType } = options;
  if (verifiedAccess) return [];
  const ipv6 = ipAddressType !== 'ipv4';
  if (!internal) return [ec2.Peer.anyIpv4(), ...(ipv6 ? [ec2.Peer.anyIpv6()] : [])];
  return allowedCidrs?.map(peerOf) ?? [ec2.Peer.ipv4(vpc.vpcCidrBlock), ...(ipv6 ? ipv6Of(vpc) : [])];
}

function peerOf(allowed: string): ec2.IPeer {
  if (allowed.startsWith('pl-')) return ec2.Peer.prefixList(allowed);
  return allowed.includes(':') ? ec2.Peer.ipv6(allowed) : ec2.Peer.ipv4(allowed);
}

/** The IPv6 range of a VPC of this stack; a lookup does not reveal that of another. */
function ipv6Of(vpc: ec2.IVpc): readonly ec2.IPeer[] {
  return vpc instanceof ec2.Vpc ? [ec2.Peer.ipv6(Fn.select(0, vpc.vpcIpv6CidrBlocks))] : [];
}
