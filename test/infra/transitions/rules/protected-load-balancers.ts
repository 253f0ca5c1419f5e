import type { Rule } from '../finding.ts';
import { propertyOf, type Resource } from '../template.ts';

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';

/**
 * A load balancer with deletion protection cannot be deleted. CloudFormation notices that only at the end of an update, and
 * leaves it in the account with its security group, subnets and VPC, outside the stack.
 */
export const protectedLoadBalancersStay: Rule = ({ changes }) =>
  changes.flatMap((change) => {
    const leaves = change.kind === 'removed' || change.kind === 'replaced';
    if (!leaves || change.before.Type !== LOAD_BALANCER || !isProtected(change.before)) return [];
    const text = `is ${change.kind} while its deletion protection is on, so it stays in the account`;
    return [{ kind: 'fails', id: change.id, type: LOAD_BALANCER, text }];
  });

function isProtected(loadBalancer: Resource): boolean {
  const attributes = (propertyOf(loadBalancer, 'LoadBalancerAttributes') ?? []) as readonly {
    readonly Key: string;
    readonly Value: unknown;
  }[];
  return attributes.some(
    ({ Key, Value }) => Key === 'deletion_protection.enabled' && String(Value) === 'true',
  );
}
