import {
  Annotations,
  type aws_cloudfront as cloudfront,
  type aws_codedeploy as codedeploy,
  type aws_ec2 as ec2,
  type aws_elasticloadbalancingv2 as elbv2,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { authorizerParts } from './authorizer-parts.ts';
import type { Configuration } from './configuration/configuration.ts';
import type { InitialValues } from './configuration/seeded-parameters.ts';
import { claim } from './options/claim.ts';
import { givenNetwork } from './front-door/given-network.ts';
import { bundledCode } from './function/bundled-code.ts';
import type { ApiGatewayAuthorizer } from './function/api-gateway-authorizer.ts';
import type { VerifierTarget } from './function/verifier-target.ts';
import type { Alarms } from './observability/alarms.ts';
import type { MetricsDashboard } from './observability/metrics-dashboard.ts';
import { addOutputs } from './outputs.ts';
import type { AuthorizerOptions } from './package/authorizer-options.ts';
import { throwProblems } from './options/check-options.ts';
import { optionsInApp } from './package/options-in-app.ts';

/** Properties of an `AlbJwtAuthorizer`. */
export interface AlbJwtAuthorizerProps extends AuthorizerOptions {
  /**
   * Prefix of the SSM parameters, such as `/team/orders`, with a leading slash and no trailing one. The parameters keep their
   * values under this path, so keep it even if you move the construct or change its id. Without its leading slash, it is also
   * the dimension `service` of the metrics.
   */
  readonly configPath: string;
  /**
   * The VPC of the load balancer. Changing it replaces the load balancer.
   *
   * @default - a new VPC without NAT gateways, unless you give listenerArn or loadBalancerArn
   */
  readonly vpc?: ec2.IVpc | undefined;
  /**
   * Subnets of that VPC for the load balancer, which uses one per zone.
   *
   * @default - public subnets, or private ones for an internal load balancer
   */
  readonly vpcSubnets?: ec2.SubnetSelection | undefined;
  /**
   * Initial values of parameters. A deploy creates missing parameters, and never changes or deletes an existing one. Give a
   * policy as `policy`, so that the synth checks it.
   *
   * @default - placeholders, with which the function rejects every request
   */
  readonly initial?: Omit<InitialValues, 'policy'> | undefined;
  /**
   * Whether the stack gets outputs, prefixed with the construct's id: addresses, names, and the commands that set the parameters.
   *
   * @default true
   */
  readonly outputs?: boolean | undefined;
}

/**
 * Everything that puts JWT verification in front of a service: a load balancer, or rules on an existing one, that forward to
 * a function, which verifies the token and then proxies or rejects the request; the function's configuration in SSM parameters
 * with the keeper; alarms and a dashboard. The app of this project deploys the same, with the same options.
 *
 * The constructor checks the properties, and throws one error that lists every problem.
 */
export class AlbJwtAuthorizer extends Construct {
  /** The SSM parameters, and the keeper of their snapshot. */
  readonly configuration: Configuration;
  /** The function that verifies and forwards, and its target group. */
  readonly verifier: VerifierTarget;
  /** The authorizer for API Gateway and AppSync, if `authorizer` is true. It makes the same decisions. */
  readonly authorizer: ApiGatewayAuthorizer | undefined;
  /** The listener that has the rules. */
  readonly listener: elbv2.IApplicationListener;
  /** Its rules: first the one that `rulePriority` places, then the others, including those for protected resource metadata. */
  readonly rules: readonly elbv2.ApplicationListenerRule[];
  /** The load balancer, unless it already existed. */
  readonly loadBalancer: elbv2.ApplicationLoadBalancer | undefined;
  /** The last part of the load balancer's ARN, `app/NAME/ID`, which identifies its metrics. */
  readonly loadBalancerFullName: string;
  /** The VPC of the load balancer, unless the load balancer already existed. */
  readonly vpc: ec2.IVpc | undefined;
  /** CloudFront in front of the load balancer, if `verifiedAccess` is true. */
  readonly distribution: cloudfront.Distribution | undefined;
  /** The alarms, unless they are turned off. */
  readonly alarms: Alarms | undefined;
  /** The dashboard, unless it is turned off. */
  readonly dashboard: MetricsDashboard | undefined;
  /** The CodeDeploy group that moves the alias gradually, unless `deployment` is `allAtOnce`. */
  readonly deploymentGroup: codedeploy.LambdaDeploymentGroup | undefined;

  constructor(scope: Construct, id: string, props: AlbJwtAuthorizerProps) {
    super(scope, id);
    const { vpc, vpcSubnets, initial, outputs = true, ...given } = props;
    const { options, policy, warnings } = optionsInApp(this, { given, vpc, vpcSubnets, initial });
    const parts = authorizerParts(this, {
      options,
      policy: policy?.value,
      initial,
      codeOf: bundledCode,
      network: vpc && givenNetwork(vpc, { ...options, vpcSubnets }),
    });
    const { verifier, door } = parts;
    claimPriorities(this, options.listenerArn, parts.rules);
    // Only nativeOnly leaves it out, which a construct does not take.
    if (verifier === undefined) throw new Error('There is no verifier.');
    this.configuration = verifier.configuration;
    this.verifier = verifier.target;
    this.authorizer = verifier.authorizer;
    this.listener = door.listener;
    this.rules = parts.rules;
    this.loadBalancer = door.own?.resource;
    this.loadBalancerFullName = door.loadBalancerFullName;
    this.vpc = door.own?.network.vpc;
    this.distribution = parts.ways?.distribution;
    this.alarms = parts.alarms;
    this.dashboard = parts.dashboard;
    this.deploymentGroup = parts.deployment?.resource;
    if (outputs) addOutputs(this, parts.outputs);
    const annotations = Annotations.of(this);
    for (const { id: warning, message } of warnings) annotations.addWarningV2(warning, message);
    for (const note of parts.notes) annotations.addInfo(note);
    for (const problem of parts.problems) annotations.addError(problem);
  }
}

/** A listener takes each priority only once, no matter which construct deploys its rules. */
function claimPriorities(
  construct: Construct,
  listenerArn: string | undefined,
  rules: readonly elbv2.ApplicationListenerRule[],
): void {
  if (listenerArn === undefined) return;
  for (const { node } of rules) {
    const { priority } = node.defaultChild as elbv2.CfnListenerRule;
    const other = claim(construct, { within: construct.node.root, what: `${listenerArn} ${priority}` });
    if (other === undefined) continue;
    throwProblems(construct.node.path, [
      `rulePriority leads to a rule of priority ${priority}, which ${other} already has on this listener; give each of them its own range`,
    ]);
  }
}
