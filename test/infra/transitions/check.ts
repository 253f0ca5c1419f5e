import type { Finding, Rule } from './finding.ts';
import { publishedVersionsMayReadOn } from './rules/function-roles.ts';
import { versionsFollowTheirFunction } from './rules/function-versions.ts';
import { typesAndServiceTokensStay } from './rules/immutable.ts';
import { subnetsOfLoadBalancersFit } from './rules/load-balancer-subnets.ts';
import { nothingIsLost } from './rules/lost-state.ts';
import { protectedLoadBalancersStay } from './rules/protected-load-balancers.ts';
import { subnetRangesAreDisjoint } from './rules/subnet-ranges.ts';
import { targetGroupsHaveOneLoadBalancer } from './rules/target-group-load-balancer.ts';
import { targetsOfFunctionsStay } from './rules/target-group-targets.ts';
import { keysAreUnique } from './rules/unique-keys.ts';
import type { Template } from './template.ts';
import { transitionBetween } from './transition.ts';

const RULES: readonly Rule[] = [
  typesAndServiceTokensStay,
  keysAreUnique,
  subnetRangesAreDisjoint,
  subnetsOfLoadBalancersFit,
  targetGroupsHaveOneLoadBalancer,
  targetsOfFunctionsStay,
  versionsFollowTheirFunction,
  publishedVersionsMayReadOn,
  protectedLoadBalancersStay,
  nothingIsLost,
];

/** What would fail, and what would be lost, if a stack with one template were updated to another. */
export function findingsBetween(before: Template, after: Template): Finding[] {
  const transition = transitionBetween(before, after);
  return RULES.flatMap((rule) => rule(transition));
}
