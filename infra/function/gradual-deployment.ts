import { type aws_cloudwatch as cloudwatch, aws_codedeploy as codedeploy, aws_iam as iam } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Gradual } from '../options/gradual-names.ts';
import type { Options } from '../options/options.ts';
import { GRADUAL } from './deployment-configurations.ts';
import type { VerifierFunction } from './verifier-function.ts';

/**
 * The alarms that stop a gradual deployment, by name: those that a bad version raises. Callers raise the rejection rate,
 * upstreams, issuers and operators alarms of their own, and any of them could keep a fix from being deployed. So could other
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
  /** Each of them stops a deployment, which then goes back to the version before. */
  readonly triggers: readonly cloudwatch.IAlarm[];
  /** Functions of the same code, whose aliases move once this one's new version has all requests. */
  readonly followers: readonly VerifierFunction[];
}

/** Has CodeDeploy move a function's alias, while alarms watch the new version. CloudFormation waits for the outcome. */
export class GradualDeployment extends Construct {
  readonly resource: codedeploy.LambdaDeploymentGroup;

  constructor(scope: Construct, id: string, props: GradualDeploymentProps) {
    super(scope, id);
    const { gradual, triggers, followers } = props;
    const { live: alias, resource } = props.function;
    // CDK would attach a policy of AWS that lets CodeDeploy move every alias in the account.
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
      // One that somebody stops would leave the alias on two versions, and the next deployment fails then.
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
    for (const { live } of followers) live.node.addDependency(alias);
  }
}
