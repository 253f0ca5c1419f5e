import { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { addClaims, type NativeVerification, verifyFirst } from './native-verification.ts';
import { type PlannedRule, planRules, type Wanted } from './rule-plan.ts';

interface ApiRulesProps extends Wanted {
  readonly listener: elbv2.IApplicationListener;
  /** The first priority of the stack's range. */
  readonly priority: number;
  readonly targetGroup: elbv2.IApplicationTargetGroup;
  /** What the load balancer itself verifies before it forwards. */
  readonly native: NativeVerification | undefined;
}

export interface ApiRules {
  readonly rules: readonly elbv2.ApplicationListenerRule[];
  /** Priorities of the rules. */
  readonly priorities: readonly number[];
  /** How many priorities, starting with the first, rules may ever take. */
  readonly range: number;
}

/** The listener rules for paths and hosts. */
export function addApiRules(scope: Construct, props: ApiRulesProps): ApiRules {
  const { listener, priority: firstPriority, targetGroup, native, ...wanted } = props;
  const forward = elbv2.ListenerAction.forward([targetGroup]);
  const plan = planRules(wanted);
  const added = plan.rules.map((planned) => {
    const verifies = native !== undefined && !planned.apart;
    const rule = new elbv2.ApplicationListenerRule(scope, idOf(planned), {
      listener,
      priority: firstPriority + planned.offset,
      conditions: [
        elbv2.ListenerCondition.pathPatterns([...planned.paths]),
        ...(planned.hosts.length === 0 ? [] : [elbv2.ListenerCondition.hostHeaders([...planned.hosts])]),
      ],
      action: verifies ? verifyFirst(native, forward) : forward,
    });
    if (verifies) addClaims(rule, native.claims);
    return { planned, rule };
  });
  // If a path or a host moves to another rule, that rule gets it before the first one gives it up.
  for (const { planned, rule } of added) {
    for (const other of added) {
      if (planned.after.includes(other.planned.offset)) rule.node.addDependency(other.rule);
    }
  }
  const priorities = plan.rules.map(({ offset }) => firstPriority + offset).sort((a, b) => a - b);
  return { rules: added.map(({ rule }) => rule), priorities, range: plan.range };
}

const idOf = ({ offset }: PlannedRule): string =>
  offset < 0 ? `RuleAhead${-offset}` : `ApiRule${offset || ''}`;
