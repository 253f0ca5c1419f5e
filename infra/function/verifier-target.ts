import {
  ArnFormat,
  aws_elasticloadbalancingv2 as elbv2,
  aws_lambda as lambda,
  Names,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ConfigParameters, type InitialValues } from '../configuration/config-parameters.ts';
import { bundledCode } from './bundled-code.ts';
import { VerifierFunction, type VerifierFunctionSettings } from './verifier-function.ts';

export interface VerifierTargetProps {
  /** The function's code; the bundle of lambda/ unless it is given. */
  readonly code?: lambda.Code;
  /** Prefix of the SSM parameters, with a leading slash and none at the end. */
  readonly configPath: string;
  /** Initial values of parameters, other than the contract's. */
  readonly initial?: InitialValues;
  /** What is not given is as the options of docs/options.md have it by default. */
  readonly settings?: Partial<VerifierFunctionSettings>;
  /** Execution environments that are kept ready, if any. */
  readonly provisionedConcurrency?: number | undefined;
}

/**
 * All there is behind a listener rule: the target group, the function in it and the function's parameters.
 * It knows no load balancer, so the rule may be of any listener in the account and region.
 */
export class VerifierTarget extends Construct {
  readonly parameters: ConfigParameters;
  readonly function: VerifierFunction;
  readonly targetGroup: elbv2.ApplicationTargetGroup;

  constructor(scope: Construct, id: string, props: VerifierTargetProps) {
    super(scope, id);
    const { configPath, initial = {}, settings = {}, provisionedConcurrency } = props;
    this.parameters = new ConfigParameters(this, 'Parameters', { path: configPath, initial });
    this.function = new VerifierFunction(this, 'Function', {
      entry: 'alb-handler',
      description: 'Verifies the JWT of a request, then forwards or rejects it',
      code: props.code ?? bundledCode('alb-handler'),
      parameters: this.parameters,
      settings,
    });

    // Environments are kept ready for a version, which an alias names and a deploy moves on.
    const target =
      provisionedConcurrency === undefined
        ? this.function.resource
        : new lambda.Alias(this, 'Live', {
            aliasName: 'live',
            // This cast and the next are for exactOptionalPropertyTypes, which CDK's declarations don't compile under.
            version: this.function.resource.currentVersion as lambda.IVersion,
            provisionedConcurrentExecutions: provisionedConcurrency,
          });

    // The permission must exist before the target group registers the function, so it can't refer to the
    // group's ARN. Naming the group makes all of the ARN known but a suffix that AWS gives, and there is
    // only one group of a name in an account and region.
    const targetGroupName = Names.uniqueResourceName(this, { maxLength: 32, separator: '-' });
    const stack = Stack.of(this);
    const permission = new lambda.CfnPermission(this, 'InvokePermission', {
      action: 'lambda:InvokeFunction',
      functionName: target.functionArn,
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
      targets: [registered(target as lambda.IFunction)],
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
