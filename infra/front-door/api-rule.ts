import { aws_elasticloadbalancingv2 as elbv2 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { addClaims, type NativeVerification, verifyFirst } from './native-verification.ts';

interface ApiRuleProps {
  readonly listener: elbv2.IApplicationListener;
  readonly priority: number;
  readonly targetGroup: elbv2.IApplicationTargetGroup;
  /** What the load balancer verifies by itself, ahead of the target. */
  readonly native: NativeVerification | undefined;
}

/** The listener rule for `/api/*`. */
export function addApiRule(
  scope: Construct,
  { listener, priority, targetGroup, native }: ApiRuleProps,
): void {
  const forward = elbv2.ListenerAction.forward([targetGroup]);
  const rule = new elbv2.ApplicationListenerRule(scope, 'ApiRule', {
    listener,
    priority,
    conditions: [elbv2.ListenerCondition.pathPatterns(['/api/*'])],
    action: native === undefined ? forward : verifyFirst(native, forward),
  });
  if (native !== undefined) addClaims(rule, native.claims);
}
