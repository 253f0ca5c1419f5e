import {
  Annotations,
  Duration,
  aws_elasticloadbalancingv2 as elbv2,
  type aws_lambda as lambda,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Entry } from './bundle/entries.ts';
import type { Configuration } from './configuration/configuration.ts';
import { configurationFor } from './configuration/configuration-for.ts';
import { configurationOutputs } from './configuration/configuration-outputs.ts';
import { initialValues } from './configuration/initial-values.ts';
import type { InitialValues } from './configuration/seeded-parameters.ts';
import { addressOutputs } from './front-door/addresses.ts';
import { type ApiRules, addApiRules } from './front-door/api-rules.ts';
import { documentRule } from './front-door/document-rule.ts';
import { type FrontDoor, frontDoorFor } from './front-door/front-door.ts';
import { nativeVerification } from './front-door/native-verification.ts';
import type { GivenNetwork } from './front-door/network.ts';
import { MAX_PRIORITY } from './front-door/rule-plan.ts';
import { TwoWaysIn } from './front-door/two-ways-in.ts';
import { ApiGatewayAuthorizer } from './function/api-gateway-authorizer.ts';
import { GradualDeployment, triggersOf } from './function/gradual-deployment.ts';
import type { VerifierSettings } from './function/verifier-settings.ts';
import { VerifierTarget } from './function/verifier-target.ts';
import { Alarms } from './observability/alarms.ts';
import { MetricsDashboard } from './observability/metrics-dashboard.ts';
import { isSecure, type Options } from './options/options.ts';
import type { Outputs } from './outputs.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const RULE_QUOTA = 100;

export interface PartsProps {
  readonly options: Options;
  /** The code of a function: its bundle, or a stand-in in tests that do not need it. */
  readonly codeOf: (entry: Entry) => lambda.Code;
  /** Further initial values of parameters; those of the options take precedence. */
  readonly initial?: InitialValues | undefined;
  /** Initial value of the policy parameter, already judged. */
  readonly policy?: string | undefined;
  /** Where to put the load balancer, instead of where the options say. */
  readonly network?: GivenNetwork | undefined;
}

/** What decides on requests; absent if the load balancer itself verifies tokens. */
export interface Verifier {
  readonly target: VerifierTarget;
  readonly configuration: Configuration;
  readonly authorizer: ApiGatewayAuthorizer | undefined;
}

export interface AuthorizerParts {
  readonly door: FrontDoor;
  readonly rules: readonly elbv2.ApplicationListenerRule[];
  readonly ways: TwoWaysIn | undefined;
  readonly verifier: Verifier | undefined;
  readonly dashboard: MetricsDashboard | undefined;
  readonly alarms: Alarms | undefined;
  readonly deployment: GradualDeployment | undefined;
  readonly outputs: Outputs;
  /** Sentences that say what was chosen: the priorities of the rules, and subnets of an existing VPC. */
  readonly notes: readonly string[];
  /** Problems of the options that only a lookup in AWS could find. */
  readonly problems: readonly string[];
}

/** Creates, directly in a scope, the listener rules that forward to the verifying function, and what the options add to them. */
export function authorizerParts(scope: Construct, props: PartsProps): AuthorizerParts {
  const { options, network } = props;
  const door = frontDoorFor(scope, options, Duration.seconds(options.timeoutSeconds), network);
  const ways = options.verifiedAccess && door.own ? new TwoWaysIn(scope, door.own, props) : undefined;
  const initial = initialValues({ ...props, instanceArn: ways?.instanceArn });
  const verifier = options.nativeOnly ? undefined : verifierFor(scope, props, door, initial);
  const rules = rulesFor(scope, options, door, verifier?.target.targetGroup ?? upstreamFor(scope, options));
  const { note = [], problem = [] } = door.own?.network ?? {};
  const { dashboard, alarms } = watch(scope, options, door, verifier);
  const deployment = alarms && verifier && deployGradually(scope, options, door, { ...verifier, alarms });
  warnOfClearText(scope, options, door);
  return {
    ...{ door, ways, verifier, dashboard, alarms, deployment },
    rules: rules.rules,
    outputs: {
      ...ways?.outputs,
      ...(verifier === undefined ? {} : verifierOutputs(verifier, options, initial)),
      ...(door.address === undefined || options.verifiedAccess
        ? {}
        : addressOutputs({ ...options, address: door.address, hosts: options.hosts ?? [] })),
      ...door.outputs,
    },
    notes: [note, noteOf(rules, options)].flat(),
    problems: [problem].flat(),
  };
}

function rulesFor(
  scope: Construct,
  options: Options,
  { listener }: FrontDoor,
  targetGroup: elbv2.IApplicationTargetGroup,
): ApiRules {
  const { paths, hosts = [], rulePriority: priority } = options;
  const native = nativeVerification(options);
  const apart = documentRule(options);
  const added = addApiRules(scope, { listener, priority, targetGroup, native, paths, hosts, apart });
  const { priorities } = added;
  if (priorities.length > RULE_QUOTA) {
    Annotations.of(scope).addWarningV2(
      'alb-jwt-authorizer:rule-quota',
      `This stack needs ${priorities.length} listener rules, but a load balancer allows ${RULE_QUOTA} unless you raise its quota. Raise it before you deploy, or use wildcards.`,
    );
  }
  return added;
}

function noteOf({ priorities, range }: ApiRules, { rulePriority: priority }: Options): string {
  const last = priority + range - 1;
  const further =
    last > MAX_PRIORITY
      ? `Further rules will need a rulePriority of at most ${MAX_PRIORITY - range + 1}.`
      : `Keep the range of ${range} from ${priority} to ${last} free of other rules: further paths and hosts take priorities in it.`;
  return `Listener rules: ${priorities.length}, at priority ${priorities.join(', ')}. ${further}`;
}

function verifierFor(
  scope: Construct,
  { options, codeOf }: PartsProps,
  door: FrontDoor,
  initial: InitialValues,
): Verifier {
  const configuration = configurationFor(scope, { options, initial, code: codeOf('configuration-handler') });
  if (Object.keys(initial).length > 0) {
    Annotations.of(scope).addWarningV2(
      'alb-jwt-authorizer:initial-values',
      `The options give initial values for ${Object.keys(initial).join(', ')}. A deploy only creates missing parameters; to change an existing one, run its Set… command from the outputs.`,
    );
  }
  const settings = settingsOf(options);
  const authorizer = options.authorizer
    ? new ApiGatewayAuthorizer(scope, 'Authorizer', {
        code: codeOf('authorizer-handler'),
        configuration,
        ...settings,
        // API Gateway waits at most 10 seconds for an authorizer.
        timeout: Duration.seconds(Math.min(10, options.timeoutSeconds)),
        httpApiResponse: options.httpApiResponse,
        cached: options.authorizerCache,
      })
    : undefined;
  const target = new VerifierTarget(scope, 'Verifier', {
    code: codeOf('alb-handler'),
    configuration,
    behind: door.name,
    ...settings,
    provisionedConcurrency: options.provisionedConcurrency,
    reservedConcurrency: options.reservedConcurrency,
  });
  return { target, configuration, authorizer };
}

/** The upstream itself, where the load balancer verifies and no function comes in between. */
function upstreamFor(
  scope: Construct,
  { upstreamTargetGroupArn: targetGroupArn = '' }: Options,
): elbv2.IApplicationTargetGroup {
  return elbv2.ApplicationTargetGroup.fromTargetGroupAttributes(scope, 'Upstream', { targetGroupArn });
}

function watch(
  scope: Construct,
  options: Options,
  { loadBalancerFullName, own }: FrontDoor,
  verifier: Verifier | undefined,
): Pick<AuthorizerParts, 'dashboard' | 'alarms'> {
  const watched = {
    verifier: verifier?.target.function,
    configuration: verifier?.configuration,
    loadBalancerFullName,
  };
  const dashboard = options.dashboard ? new MetricsDashboard(scope, 'Dashboard', watched) : undefined;
  if (!options.alarms) return { dashboard, alarms: undefined };
  const { rejectionRatePercent, alarmTopicArn: topicArn, runbookUrl } = options;
  const loadBalancerStops = triggersOf(options, own).includes('LoadBalancerErrors');
  const settings = { rejectionRatePercent, topicArn, runbookUrl, loadBalancerStops };
  return { dashboard, alarms: new Alarms(scope, 'Alarms', { ...watched, ...settings }) };
}

function deployGradually(
  scope: Construct,
  options: Options,
  { own }: FrontDoor,
  { target, authorizer, alarms }: Verifier & { readonly alarms: Alarms },
): GradualDeployment | undefined {
  const { deployment } = options;
  if (deployment === 'allAtOnce') return undefined;
  return new GradualDeployment(scope, 'Deployment', {
    gradual: deployment,
    function: target.function,
    triggers: triggersOf(options, own).map((name) => alarms.named(name)),
    followers: authorizer === undefined ? [] : [authorizer.function],
  });
}

function warnOfClearText(scope: Construct, options: Options, { own }: FrontDoor): void {
  if ((own === undefined && options.loadBalancerArn === undefined) || isSecure(options)) return;
  Annotations.of(scope).addWarningV2(
    'alb-jwt-authorizer:clear-text',
    'Bearer tokens will travel in clear text: the listener has no certificate. Set domainName with hostedZoneId, or certificateArn.',
  );
}

function verifierOutputs(
  { target, configuration, authorizer }: Verifier,
  { configRefreshSeconds: refreshSeconds }: Options,
  initial: InitialValues,
): Outputs {
  const {
    targetGroup,
    function: { resource },
  } = target;
  return {
    ...configurationOutputs(configuration, { initial, refreshSeconds }),
    ...(authorizer === undefined
      ? {}
      : {
          AuthorizerArn: [authorizer.handler.functionArn, "Function to use as an API's Lambda authorizer"],
        }),
    TargetGroupArn: [targetGroup.targetGroupArn, 'The target group of the function'],
    VerifierFunction: [resource.functionName, 'The function that verifies and forwards'],
    VerifierLogGroup: [resource.logGroup.logGroupName, 'The log group of the verifier function'],
  };
}

function settingsOf(options: Options): VerifierSettings {
  const { functionSubnetIds: subnetIds, functionSecurityGroupId: securityGroupId } = options;
  return {
    service: options.service,
    configRefreshSeconds: options.configRefreshSeconds,
    memorySize: options.memorySize,
    timeout: Duration.seconds(options.timeoutSeconds),
    logRetention: options.logRetentionDays,
    logKeyArn: options.kmsKeyArn,
    logLevel: options.logLevel,
    allowedLogRate: options.allowedLogRate,
    tracing: options.tracing,
    vpc: subnetIds && securityGroupId ? { subnetIds, securityGroupId } : undefined,
  };
}
