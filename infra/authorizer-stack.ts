import {
  Annotations,
  CfnOutput,
  Duration,
  aws_elasticloadbalancingv2 as elbv2,
  type aws_lambda as lambda,
  Stack,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AccessLogs } from './access-logs.ts';
import { LoadBalancer } from './load-balancer.ts';
import { networkFor } from './network.ts';
import { Alarms } from './observability/alarms.ts';
import { MetricsDashboard } from './observability/metrics-dashboard.ts';
import type { Options } from './options.ts';
import { VerifierTarget } from './verifier-target.ts';

interface AuthorizerStackProps {
  readonly options: Options;
  /** The function's code: the bundle, or a stand-in where a test has no use for it. */
  readonly code: lambda.Code;
}

/** A load balancer whose rule for `/api/*` forwards to the verifying function. */
export class AuthorizerStack extends Stack {
  constructor(scope: Construct, id: string, { options, code }: AuthorizerStackProps) {
    super(scope, id, {
      stackName: options.stackName,
      description: 'JWT verification behind an Application Load Balancer',
      ...(options.env ? { env: options.env } : {}),
    });
    const timeout = Duration.seconds(options.timeoutSeconds);
    const target = new VerifierTarget(this, 'Verifier', {
      code,
      configPath: options.configPath,
      settings: {
        configRefreshSeconds: options.configRefreshSeconds,
        memorySize: options.memorySize,
        timeout,
        logRetention: options.logRetentionDays,
        logLevel: options.logLevel,
        allowedLogRate: options.allowedLogRate,
        tracing: options.tracing,
      },
    });
    const loadBalancer = new LoadBalancer(this, 'LoadBalancer', {
      vpc: networkFor(this, options),
      internal: options.internal,
      certificateArn: options.certificateArn,
      targetTimeout: timeout,
    });
    new elbv2.ApplicationListenerRule(this, 'ApiRule', {
      listener: loadBalancer.listener,
      priority: options.rulePriority,
      conditions: [elbv2.ListenerCondition.pathPatterns(['/api/*'])],
      action: elbv2.ListenerAction.forward([target.targetGroup]),
    });
    if (options.accessLogs) new AccessLogs(this, 'AccessLogs', { loadBalancer: loadBalancer.resource });
    const watched = {
      function: target.function.resource,
      loadBalancerFullName: loadBalancer.resource.loadBalancerFullName,
    };
    if (options.dashboard) new MetricsDashboard(this, 'Dashboard', watched);
    if (options.alarms) {
      new Alarms(this, 'Alarms', {
        ...watched,
        rejectionRatePercent: options.rejectionRatePercent,
        topicArn: options.alarmTopicArn,
      });
    }
    if (options.certificateArn === undefined) {
      Annotations.of(this).addWarningV2(
        'alb-jwt-authorizer:clear-text',
        'Bearer tokens will travel in clear text: the load balancer has no certificate. Give one with -c certificateArn=ARN.',
      );
    }

    const { parameters } = target;
    const outputs = {
      Url: [`${loadBalancer.url}/api/`, 'Where to send requests'],
      ConfigPath: [parameters.path, 'Prefix of the SSM parameters'],
      SetIssuer: [
        parameters.putCommand('issuer', 'https://YOUR-ISSUER'),
        'Sets the exact "iss" of the tokens to accept',
      ],
      SetAudience: [
        parameters.putCommand('audience', 'YOUR-AUDIENCE'),
        'Sets the audiences, separated by commas',
      ],
      SetUpstream: [
        parameters.putCommand('upstream', 'https://YOUR-UPSTREAM'),
        'Sets where allowed requests go',
      ],
    } as const;
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description });
    }
  }
}
