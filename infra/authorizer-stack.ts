import {
  Annotations,
  Duration,
  aws_elasticloadbalancingv2 as elbv2,
  type aws_lambda as lambda,
  Stack,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Entry } from './bundle/bundle.ts';
import type { Configuration } from './configuration/configuration.ts';
import { configurationFor } from './configuration/configuration-for.ts';
import { configurationOutputs } from './configuration/configuration-outputs.ts';
import { initialValues } from './configuration/initial-values.ts';
import { MachinePool } from './configuration/machine-pool.ts';
import { addressOutputs } from './front-door/addresses.ts';
import { addApiRules } from './front-door/api-rules.ts';
import { documentRule } from './front-door/document-rule.ts';
import { type FrontDoor, frontDoorFor } from './front-door/front-door.ts';
import { nativeVerification } from './front-door/native-verification.ts';
import { MAX_PRIORITY } from './front-door/rule-plan.ts';
import { TwoWaysIn } from './front-door/two-ways-in.ts';
import { ApiGatewayAuthorizer } from './function/api-gateway-authorizer.ts';
import { DemoApi } from './function/demo-api.ts';
import { GradualDeployment, triggersOf } from './function/gradual-deployment.ts';
import type { VerifierFunctionSettings } from './function/verifier-function.ts';
import { VerifierTarget } from './function/verifier-target.ts';
import { Alarms } from './observability/alarms.ts';
import { MetricsDashboard } from './observability/metrics-dashboard.ts';
import { STACK_DESCRIPTION } from './options/deployment-names.ts';
import { isSecure, type Options } from './options/options.ts';
import type { PolicyFile } from './options/policy-file.ts';
import type { SynthWarning } from './options/policy-warnings.ts';
import { addOutputs, type Outputs } from './outputs.ts';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const RULE_QUOTA = 100;

interface AuthorizerStackProps {
  readonly options: Options;
  /** What to tell of where the options came from, and of the policy. */
  readonly warnings?: readonly SynthWarning[];
  /** The code of a function: its bundle, or a stand-in where a test has no use for it. */
  readonly codeOf: (entry: Entry) => lambda.Code;
  /** The policy that the options name, already read and judged. */
  readonly policy?: PolicyFile | undefined;
}

interface Verifier {
  readonly target: VerifierTarget;
  readonly configuration: Configuration;
  readonly authorizer: ApiGatewayAuthorizer | undefined;
}

/** Listener rules that forward to the verifying function, and what the options add to them. */
export class AuthorizerStack extends Stack {
  /** What it has chosen for itself, as sentences: the priorities of its rules, and subnets of an existing VPC. */
  readonly notes: readonly string[];
  /** What is wrong with the options, as far as only AWS could tell. */
  readonly problems: readonly string[];

  constructor(scope: Construct, id: string, props: AuthorizerStackProps) {
    const { options } = props;
    super(scope, id, {
      stackName: options.stackName,
      description: STACK_DESCRIPTION,
      ...(options.env ? { env: options.env } : {}),
    });
    const door = frontDoorFor(this, options, Duration.seconds(options.timeoutSeconds));
    const ways = options.verifiedAccess && door.own ? new TwoWaysIn(this, door.own, props) : undefined;
    const verifier = options.nativeOnly ? undefined : this.verifier(props, door, ways?.instanceArn);
    const priorities = this.rules(options, door, verifier?.target.targetGroup ?? this.upstream(options));
    const { note = [], problem = [] } = door.own?.network ?? {};
    this.notes = [note, priorities].flat();
    this.problems = [problem].flat();
    const alarms = this.watch(options, door, verifier);
    if (verifier !== undefined && alarms !== undefined) {
      this.deployGradually(options, door, { ...verifier, alarms });
    }
    this.address(options, door);
    this.outputs({ ...door.outputs, ...(verifier === undefined ? {} : verifierOutputs(verifier.target)) });
    for (const { id, message } of props.warnings ?? []) Annotations.of(this).addWarningV2(id, message);
  }

  private rules(options: Options, door: FrontDoor, targetGroup: elbv2.IApplicationTargetGroup): string {
    const { paths, hosts = [], rulePriority: priority } = options;
    const native = nativeVerification(options);
    const apart = documentRule(options);
    const added = addApiRules(this, {
      ...{ listener: door.listener, priority, targetGroup, native, paths, hosts, apart },
    });
    const { priorities, range } = added;
    if (priorities.length > RULE_QUOTA) {
      Annotations.of(this).addWarningV2(
        'alb-jwt-authorizer:rule-quota',
        `This stack takes ${priorities.length} listener rules, and a load balancer has ${RULE_QUOTA} unless its quota is raised. Raise it before you deploy, or use wildcards.`,
      );
    }
    const last = priority + range - 1;
    const further =
      last > MAX_PRIORITY
        ? `Further rules will need a rulePriority of at most ${MAX_PRIORITY - range + 1}.`
        : `Keep the range of ${range} from ${priority} to ${last} free of other rules: further paths and hosts take priorities in it.`;
    return `Listener rules: ${priorities.length}, at priority ${priorities.join(', ')}. ${further}`;
  }

  private verifier(props: AuthorizerStackProps, door: FrontDoor, instanceArn: string | undefined): Verifier {
    const { options, policy, codeOf } = props;
    const pool = options.cognito ? this.machinePool(options) : undefined;
    const initial = initialValues({ options, policy, pool: pool?.initial, instanceArn });
    const code = codeOf('configuration-handler');
    const configuration = configurationFor(this, { options, initial, code });
    this.outputs(
      configurationOutputs(configuration, { initial, refreshSeconds: options.configRefreshSeconds }),
    );
    if (Object.keys(initial).length > 0) {
      Annotations.of(this).addWarningV2(
        'alb-jwt-authorizer:initial-values',
        `The options give initial values for ${Object.keys(initial).join(', ')}. A deploy only creates missing parameters; to change an existing one, run its Set… command from the outputs.`,
      );
    }
    const authorizer = options.authorizer ? this.authorizer(props, configuration) : undefined;
    const target = new VerifierTarget(this, 'Verifier', {
      code: codeOf('alb-handler'),
      configuration,
      behind: door.name,
      settings: settingsOf(options),
      provisionedConcurrency: options.provisionedConcurrency,
      reservedConcurrency: options.reservedConcurrency,
    });
    return { target, configuration, authorizer };
  }

  /** The upstream itself, where the load balancer verifies and nothing comes in between. */
  private upstream({ upstreamTargetGroupArn: targetGroupArn = '' }: Options): elbv2.IApplicationTargetGroup {
    return elbv2.ApplicationTargetGroup.fromTargetGroupAttributes(this, 'Upstream', { targetGroupArn });
  }

  private authorizer(
    { options, codeOf }: AuthorizerStackProps,
    configuration: Configuration,
  ): ApiGatewayAuthorizer {
    const authorizer = new ApiGatewayAuthorizer(this, 'Authorizer', {
      code: codeOf('authorizer-handler'),
      configuration,
      // API Gateway waits no longer for an authorizer than this.
      settings: { ...settingsOf(options), timeout: Duration.seconds(Math.min(10, options.timeoutSeconds)) },
      httpApiResponse: options.httpApiResponse,
      cached: options.authorizerCache,
    });
    if (options.demoApi !== undefined) {
      new DemoApi(this, 'DemoApi', {
        kind: options.demoApi,
        authorizer: authorizer.function.live as lambda.IFunction,
        logKeyArn: options.kmsKeyArn,
      });
    }
    return authorizer;
  }

  private machinePool({ cognitoDomainPrefix, stackName }: Options): MachinePool {
    const pool = new MachinePool(this, 'MachinePool', {
      domainPrefix: cognitoDomainPrefix ?? `${stackName.toLowerCase()}-${this.account}`,
    });
    this.outputs({
      TokenUrl: [pool.tokenUrl, 'Token endpoint of the user pool'],
      ClientId: [pool.clientId, 'The machine client'],
      GetClientSecret: [pool.secretCommand, "Prints the client's secret"],
      GetToken: [pool.tokenCommand, 'Gets a token, with that secret in SECRET'],
      DeleteUserPool: [pool.deleteCommand, 'Deletes the user pool, which stays when the stack is deleted'],
    });
    return pool;
  }

  private watch(options: Options, door: FrontDoor, verifier: Verifier | undefined): Alarms | undefined {
    const { loadBalancerFullName } = door;
    const { service } = options;
    const watched = {
      function: verifier?.target.function.resource,
      keeper: verifier?.configuration.keeper,
      service,
      loadBalancerFullName,
    };
    if (options.dashboard) new MetricsDashboard(this, 'Dashboard', watched);
    if (!options.alarms) return undefined;
    const { rejectionRatePercent, alarmTopicArn: topicArn, runbookUrl } = options;
    const loadBalancerStops = triggersOf(options, door.own).includes('LoadBalancerErrors');
    const told = { rejectionRatePercent, topicArn, runbookUrl, loadBalancerStops };
    return new Alarms(this, 'Alarms', { ...watched, ...told });
  }

  private deployGradually(
    options: Options,
    door: FrontDoor,
    { target, authorizer, alarms }: Verifier & { readonly alarms: Alarms },
  ): void {
    const { deployment } = options;
    if (deployment === 'allAtOnce') return;
    new GradualDeployment(this, 'Deployment', {
      gradual: deployment,
      function: target.function,
      triggers: triggersOf(options, door.own).map((name) => alarms.named(name)),
      followers: authorizer === undefined ? [] : [authorizer.function],
    });
  }

  private address(options: Options, { own, address }: FrontDoor): void {
    const { domainName, hosts = [], paths, verifiedAccess } = options;
    if (address !== undefined && !verifiedAccess) {
      this.outputs(addressOutputs({ address, domainName, hosts, paths }));
    }
    if ((own !== undefined || options.loadBalancerArn !== undefined) && !isSecure(options)) {
      Annotations.of(this).addWarningV2(
        'alb-jwt-authorizer:clear-text',
        'Bearer tokens will travel in clear text: the listener has no certificate. Set domainName with hostedZoneId, or certificateArn.',
      );
    }
  }

  private outputs(outputs: Outputs): void {
    addOutputs(this, outputs);
  }
}

function verifierOutputs({ targetGroup, function: { resource } }: VerifierTarget): Outputs {
  return {
    TargetGroupArn: [targetGroup.targetGroupArn, 'The target group of the function'],
    VerifierFunction: [resource.functionName, 'The function that verifies and forwards'],
    VerifierLogGroup: [resource.logGroup.logGroupName, 'Where its log lines are'],
  };
}

function settingsOf(options: Options): VerifierFunctionSettings {
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
