import type { Rule } from '../finding.ts';
import { propertyOf, type Resource, referenceOf, type Template } from '../template.ts';
import type { Side, Transition } from '../transition.ts';

const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';

/** A load balancer has one subnet per zone, in at least two zones, and cannot leave its VPC. */
export const subnetsOfLoadBalancersFit: Rule = (transition) =>
  transition.changes.flatMap((change) => {
    if (change.kind === 'removed' || change.after.Type !== LOAD_BALANCER) return [];
    const fails = (text: string) => ({ kind: 'fails' as const, id: change.id, type: LOAD_BALANCER, text });
    const zones = valuesOf(transition, 'after', change.after, 'AvailabilityZone');
    const distinct = new Set(zones).size;
    return [
      ...(distinct < zones.length ? [fails('has two subnets in one zone')] : []),
      ...(zones.length > 0 && distinct < 2 ? [fails('has subnets in only one zone')] : []),
      ...(change.kind === 'modified' && movesToAnotherVpc(transition, change)
        ? [fails('gets subnets of another VPC, but cannot leave its own')]
        : []),
    ];
  });

function movesToAnotherVpc(
  transition: Transition,
  { before, after }: { readonly before: Resource; readonly after: Resource },
): boolean {
  const old = valuesOf(transition, 'before', before, 'VpcId');
  return valuesOf(transition, 'after', after, 'VpcId').some((vpc) => old.length > 0 && !old.includes(vpc));
}

/** A property of those of the load balancer's subnets that the template creates. */
function valuesOf(transition: Transition, side: Side, loadBalancer: Resource, name: string): string[] {
  const subnets = propertyOf(loadBalancer, 'Subnets');
  return (Array.isArray(subnets) ? subnets : []).flatMap((reference) => {
    const subnet = resourceOf(transition[side], reference);
    return subnet === undefined ? [] : [transition.identityOf(side, propertyOf(subnet, name))];
  });
}

function resourceOf({ Resources }: Template, reference: unknown): Resource | undefined {
  const id = referenceOf(reference);
  return id === undefined ? undefined : Resources[id];
}
