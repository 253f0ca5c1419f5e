import {
  ArnFormat,
  aws_elasticloadbalancingv2 as elbv2,
  type aws_iam as iam,
  aws_lambda as lambda,
  Names,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Configuration } from '../configuration/configuration.ts';
import { throwProblems } from '../options/check-options.ts';
import { bundledCode } from './bundled-code.ts';
import { VerifierFunction } from './verifier-function.ts';
import type { Concurrency, VerifierSettings } from './verifier-settings.ts';

/** Properties of a `VerifierTarget`. */
export interface VerifierTargetProps extends VerifierSettings, Concurrency {
  /** The parameters that the function reads. */
  readonly configuration: Configuration;
  /**
   * A name for the load balancer whose rule forwards here: letters, digits and hyphens. A target group belongs to one load
   * balancer. If you change the name together with the load balancer, a deploy creates a new target group before it deletes
   * the old one.
   *
   * @default 'Shared'
   */
  readonly behind?: string;
  /**
   * The function's code.
   *
   * @default - the bundle of this package
   */
  readonly code?: lambda.Code;
}

/**
 * Everything behind a listener rule: the target group and the function in it. It is not tied to a load balancer, so
 * the rule may belong to any listener in the account and region.
 */
export class VerifierTarget extends Construct implements iam.IGrantable {
  /** The function, with its alias, its role and its log group. */
  readonly function: VerifierFunction;
  /** What a listener rule forwards to. */
  readonly targetGroup: elbv2.ApplicationTargetGroup;
  /** The function's role. Grant it the permissions that its upstream requires. */
  readonly grantPrincipal: iam.IPrincipal;

  constructor(scope: Construct, id: string, props: VerifierTargetProps) {
    super(scope, id);
    const { configuration, behind = 'Shared', code = bundledCode('alb-handler'), ...settings } = props;
    // A CDK token has other characters, and "Function" is the id of the function's construct.
    if (!/^(?!Function$)[A-Za-z0-9-]+$/.test(behind)) {
      throwProblems(this.node.path, [
        `behind must be letters, digits and hyphens known when the app is synthesized, such as the id of the load balancer, and not "Function"; it is ${JSON.stringify(behind)}`,
      ]);
    }
    this.function = new VerifierFunction(this, 'Function', {
      entry: 'alb-handler',
      description: 'Verifies the JWT of a request, then forwards or rejects it',
      code,
      configuration,
      ...settings,
    });
    this.grantPrincipal = this.function.resource.grantPrincipal;

    const { live } = this.function;
    // The permission must exist before the target group registers the function, so it can't refer to the
    // group's ARN. With a name for the group, all of the ARN is known except a suffix from AWS, and names of
    // groups are unique in an account and region.
    const group = new Construct(this, behind);
    const targetGroupName = Names.uniqueResourceName(group, { maxLength: 32, separator: '-' });
    const stack = Stack.of(this);
    const permission = new lambda.CfnPermission(group, 'InvokePermission', {
      action: 'lambda:InvokeFunction',
      functionName: live.functionArn,
      principal: 'elasticloadbalancing.amazonaws.com',
      sourceAccount: stack.account,
      sourceArn: stack.formatArn({
        service: 'elasticloadbalancing',
        resource: 'targetgroup',
        resourceName: `${targetGroupName}/*`,
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    });
    this.targetGroup = new elbv2.ApplicationTargetGroup(group, 'TargetGroup', {
      targetGroupName,
      targetType: elbv2.TargetType.LAMBDA,
      // Without it the last of several headers with one name wins, and a second Authorization goes unnoticed.
      multiValueHeadersEnabled: true,
      // The cast is for exactOptionalPropertyTypes, which CDK's declarations don't compile under.
      targets: [registered(live as lambda.IFunction)],
    });
    this.targetGroup.node.addDependency(permission);
  }
}

/** Registers a function. CDK's own `LambdaTarget` would also let every target group of AWS invoke it. */
function registered(target: lambda.IFunction): elbv2.IApplicationLoadBalancerTarget {
  return {
    attachToApplicationTargetGroup: () => ({
      targetType: elbv2.TargetType.LAMBDA,
      targetJson: { id: target.functionArn },
    }),
  };
}
