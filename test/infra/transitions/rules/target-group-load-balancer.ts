import type { Rule } from '../finding.ts';
import { propertyOf, type Resource, referenceOf, referencesIn } from '../template.ts';
import type { Side, Transition } from '../transition.ts';

const ELB = 'AWS::ElasticLoadBalancingV2';

/**
 * A target group belongs to one load balancer. The old one's listeners and rules are removed last, and until then
 * those of another load balancer cannot forward to the same group.
 */
export const targetGroupsHaveOneLoadBalancer: Rule = (transition) =>
  transition.changes.flatMap((change) => {
    if (
      (change.kind !== 'kept' && change.kind !== 'modified') ||
      change.after.Type !== `${ELB}::TargetGroup`
    ) {
      return [];
    }
    const { id } = change;
    const old = loadBalancersOf(transition, 'before', id);
    const other = loadBalancersOf(transition, 'after', id).some(
      (one) => old.length > 0 && !old.includes(one),
    );
    const text = 'gets another load balancer before the first one stops forwarding to it';
    return other ? [{ kind: 'fails', id, type: change.after.Type, text }] : [];
  });

function loadBalancersOf(transition: Transition, side: Side, targetGroup: string): string[] {
  return Object.values(transition[side].Resources).flatMap((resource) => {
    const actions = propertyOf(resource, 'Actions') ?? propertyOf(resource, 'DefaultActions');
    return referencesIn(actions).includes(targetGroup) ? [loadBalancerOf(transition, side, resource)] : [];
  });
}

/** The load balancer of a listener or of a rule. The listener of a rule may be another stack's. */
function loadBalancerOf(transition: Transition, side: Side, resource: Resource): string {
  const own = propertyOf(resource, 'LoadBalancerArn');
  if (typeof own === 'string') return nameIn(own);
  if (own !== undefined) return transition.identityOf(side, own);
  const listener = propertyOf(resource, 'ListenerArn');
  const id = referenceOf(listener);
  const created = id === undefined ? undefined : transition[side].Resources[id];
  if (created !== undefined) return loadBalancerOf(transition, side, created);
  return nameIn(String(listener));
}

/** The load balancer's part of its own ARN, or of that of one of its listeners. */
const nameIn = (arn: string) => arn.replace(/^.*:(?:loadbalancer|listener)\/(app\/[^/]+\/[^/]+).*$/, '$1');
