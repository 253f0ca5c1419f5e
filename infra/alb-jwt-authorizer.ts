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
import { refuse } from './options/check-options.ts';
import { optionsInApp } from './package/options-in-app.ts';

/** Properties of an `AlbJwtAuthorizer`. */
export interface AlbJwtAuthorizerProps extends AuthorizerOptions {
  /**
   * Prefix of the SSM parameters, such as `/team/orders`: a leading slash, none at the end. It is what the parameters are known
   * by once there are values in them, so it stays the same whatever becomes of the construct and its id. Without its first
   * slash it is also the dimension `service` of the metrics.
   */
  readonly configPath: string;
  /**
   * The VPC of the load balancer. Another one replaces the load balancer.
   *
   * @default - a new VPC without NAT gateways, unless there is a listenerArn or loadBalancerArn
   */
  readonly vpc?: ec2.IVpc | undefined;
  /**
   * Subnets of that VPC for the load balancer, of which it takes one per zone.
   *
   * @default - public subnets, or private ones for an internal load balancer
   */
  readonly vpcSubnets?: ec2.SubnetSelection | undefined;
  /**
   * Initial values of parameters. A deploy creates those that are missing, and never changes or deletes an existing one. A
   * policy goes into `policy`, where it is judged.
   *
   * @default - placeholders, with which every request is refused
   */
  readonly initial?: Omit<InitialValues, 'policy'> | undefined;
  /**
   * Whether the stack gets outputs, under the construct's id: addresses, names, and the commands that set the parameters.
   *
   * @default true
   */
  readonly outputs?: boolean | undefined;
}

/**
 * Everything that puts JWT verification in front of a service: a load balancer, or a rule on an existing one, whose rules
 * forward to a function that verifies the token, then proxies the request or rejects it; its configuration in SSM parameters
 * with the keeper; alarms and a dashboard. It is what the app of this project deploys, by the same options.
 *
 * The properties are checked when the construct is made. An error lists every problem.
 */
export class AlbJwtAuthorizer extends Construct {
  /** The SSM parameters, and what keeps the snapshot of them. */
  readonly configuration: Configuration;
  /** The function that verifies and forwards, and its target group. */
  readonly verifier: VerifierTarget;
  /** The same decisions for API Gateway and AppSync, where `authorizer` asks for it. */
  readonly authorizer: ApiGatewayAuthorizer | undefined;
  /** The listener that has the rules. */
  readonly listener: elbv2.IApplicationListener;
  /** Its rules: the first one of the paths and hosts, then the others, those for the documents of resources among them. */
  readonly rules: readonly elbv2.ApplicationListenerRule[];
  /** The load balancer, unless it is an existing one. */
  readonly loadBalancer: elbv2.ApplicationLoadBalancer | undefined;
  /** The last part of the load balancer's ARN, `app/NAME/ID`, by which its metrics go. */
  readonly loadBalancerFullName: string;
  /** The VPC of the load balancer, unless that is an existing one. */
  readonly vpc: ec2.IVpc | undefined;
  /** CloudFront in front of the load balancer, where `verifiedAccess` asks for it. */
  readonly distribution: cloudfront.Distribution | undefined;
  /** The alarms, unless they are turned off. */
  readonly alarms: Alarms | undefined;
  /** The dashboard, unless it is turned off. */
  readonly dashboard: MetricsDashboard | undefined;
  /** What moves the alias bit by bit, where `deployment` asks for it. */
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
    // Only an option of the app leaves it out.
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

/** A listener takes each priority once, whoever deploys its rules. */
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
    refuse(construct.node.path, [
      `rulePriority leads to a rule of priority ${priority}, which ${other} has already on this listener; give each of them a range of its own`,
    ]);
  }
}
