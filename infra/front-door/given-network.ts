import { aws_ec2 as ec2, Token } from 'aws-cdk-lib';
import type { Options } from '../options/options.ts';
import { contentId } from './content-id.ts';
import { type GivenNetwork, isInternal } from './network.ts';

type Selection = Pick<Options, 'internal' | 'verifiedAccess'> & {
  readonly vpcSubnets: ec2.SubnetSelection | undefined;
};

/** A VPC of the app, and the load balancer's subnets there. */
export function givenNetwork(vpc: ec2.IVpc, { vpcSubnets, ...options }: Selection): GivenNetwork {
  const { subnets, isPendingLookup = false } = vpc.selectSubnets({
    ...(vpcSubnets ?? (isInternal(options) ? {} : { subnetType: ec2.SubnetType.PUBLIC })),
    onePerAz: true,
  });
  // The id of a VPC that is part of the deploy is not known. At another place in the app it would be another VPC.
  const place = Token.isUnresolved(vpc.vpcId) ? contentId(vpc.node.path) : vpc.vpcId;
  // A list that is known only at deploy time looks like one subnet.
  const isKnown = !isPendingLookup && !subnets.some(({ subnetId }) => Token.isUnresolved([subnetId]));
  const problem =
    isKnown && subnets.length < 2
      ? 'vpc has subnets for the load balancer in one zone only, but a load balancer needs two zones or more; choose others with vpcSubnets'
      : undefined;
  return { vpc, subnets, place, ...(problem === undefined ? {} : { problem }) };
}
