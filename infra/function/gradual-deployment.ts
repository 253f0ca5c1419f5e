import { type aws_cloudwatch as cloudwatch, aws_codedeploy as codedeploy, aws_iam as iam } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Gradual } from '../options/gradual-names.ts';
import type { Options } from '../options/options.ts';
import { GRADUAL } from './deployment-configurations.ts';
import type { VerifierFunction } from './verifier-function.ts';

/**
 * Names of the alarms that stop a gradual deployment: those that a bad version triggers. Callers trigger the rejection
 * rate, and upstreams, issuers and operators trigger other alarms; any of these could block the deploy of a fix. So could other
 * targets of a load balancer that is not `own`.
 */
export function triggersOf(
  { deployment }: Pick<Options, 'deployment'>,
  own: object | undefined,
): readonly string[] {
  if (deployment === 'allAtOnce') return [];
  return ['FunctionErrors', ...(own === undefined ? [] : ['LoadBalancerErrors'])];
}

interface GradualDeploymentProps {
  readonly gradual: Gradual;
  readonly function: VerifierFunction;
  /** Each of them stops a deployment, which then rolls back to the previous version. */
  readonly triggers: readonly cloudwatch.IAlarm[];
  /** Functions with the same code. Their aliases move once this function's new version gets all requests. */
  readonly followers: readonly VerifierFunction[];
}

/** Lets CodeDeploy move a function's alias while alarms watch the new version. CloudFormation waits for the outcome. */
export class GradualDeployment extends Construct {
  readonly resource: codedeploy.LambdaDeploymentGroup;

  constructor(scope: Construct, id: string, props: GradualDeploymentProps) {
    super(scope, id);
    const { gradual, triggers, followers } = props;
    const { live: alias, resource } = props.function;
    // CDK would attach an AWS managed policy, with which CodeDeploy may move every alias in the account.
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com'),
      inlinePolicies: {
        Deployment: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              actions: ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
              resources: [resource.functionArn, `${resource.functionArn}:*`],
            }),
            new iam.PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }),
          ],
        }),
      },
    });
    this.resource = new codedeploy.LambdaDeploymentGroup(this, 'Group', {
      application: new codedeploy.LambdaApplication(this, 'Application'),
      alias,
      role: role.withoutPolicyUpdates(),
      deploymentConfig: GRADUAL[gradual],
      alarms: [...triggers],
      // A deployment that somebody stops would leave the alias on two versions, and the next deployment would fail.
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
    for (const { live } of followers) live.node.addDependency(alias);
  }
}
