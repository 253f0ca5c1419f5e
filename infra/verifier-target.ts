import {
  ArnFormat,
  aws_elasticloadbalancingv2 as elbv2,
  aws_lambda as lambda,
  Names,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ConfigParameters } from './config-parameters.ts';
import { VerifierFunction, type VerifierFunctionSettings } from './verifier-function.ts';

export interface VerifierTargetProps {
  readonly code: lambda.Code;
  readonly configPath: string;
  readonly settings: VerifierFunctionSettings;
}

/**
 * All there is behind a listener rule: the target group, the function in it and the function's parameters.
 * It knows no load balancer, so the rule may be of any listener in the account and region.
 */
export class VerifierTarget extends Construct {
  readonly parameters: ConfigParameters;
  readonly function: VerifierFunction;
  readonly targetGroup: elbv2.ApplicationTargetGroup;

  constructor(scope: Construct, id: string, { code, configPath, settings }: VerifierTargetProps) {
    super(scope, id);
    this.parameters = new ConfigParameters(this, 'Parameters', { path: configPath });
    this.function = new VerifierFunction(this, 'Function', {
      entry: 'alb-handler',
      code,
      parameters: this.parameters,
      settings,
    });

    // The permission must exist before the target group registers the function, so it can't refer to the
    // group's ARN. Naming the group makes all of the ARN known but a suffix that AWS gives, and there is
    // only one group of a name in an account and region.
    const targetGroupName = Names.uniqueResourceName(this, { maxLength: 32, separator: '-' });
    const stack = Stack.of(this);
    const permission = new lambda.CfnPermission(this, 'InvokePermission', {
      action: 'lambda:InvokeFunction',
      functionName: this.function.resource.functionArn,
      principal: 'elasticloadbalancing.amazonaws.com',
      sourceAccount: stack.account,
      sourceArn: stack.formatArn({
        service: 'elasticloadbalancing',
        resource: 'targetgroup',
        resourceName: `${targetGroupName}/*`,
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    });
    this.targetGroup = new elbv2.ApplicationTargetGroup(this, 'TargetGroup', {
      targetGroupName,
      targetType: elbv2.TargetType.LAMBDA,
      // Without it the last of several headers of one name wins, and a second Authorization goes unseen.
      multiValueHeadersEnabled: true,
      targets: [registered(this.function.resource)],
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
