import {
  DescribeLoadBalancerAttributesCommand,
  ElasticLoadBalancingV2Client,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ClientSettings } from './cloud.ts';
import { resourcesOf } from './stack.ts';

const PROTECTION = 'deletion_protection.enabled';

/** The attribute that says whether a stack's load balancer is protected from deletion; undefined if it has none. */
export async function protectionOf(aws: ClientSettings, stackName: string): Promise<string | undefined> {
  const [LoadBalancerArn] = await loadBalancersOf(aws, stackName);
  if (LoadBalancerArn === undefined) return undefined;
  const { Attributes = [] } = await new ElasticLoadBalancingV2Client(aws).send(
    new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }),
  );
  return Attributes.find(({ Key }) => Key === PROTECTION)?.Value;
}

/** Turns the protection off by hand, as docs/deploying.md describes. */
export async function unprotect(aws: ClientSettings, stackName: string): Promise<void> {
  for (const LoadBalancerArn of await loadBalancersOf(aws, stackName)) {
    await new ElasticLoadBalancingV2Client(aws).send(
      new ModifyLoadBalancerAttributesCommand({
        LoadBalancerArn,
        Attributes: [{ Key: PROTECTION, Value: 'false' }],
      }),
    );
  }
}

const loadBalancersOf = (aws: ClientSettings, stackName: string) =>
  resourcesOf(aws, stackName, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
