import {
  aws_cloudwatch_actions as actions,
  aws_cloudwatch as cloudwatch,
  type aws_lambda as lambda,
  aws_sns as sns,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DEFAULT_SERVICE, METRICS } from '../../lambda/contract.ts';
import type { Keeper } from '../configuration/keeper.ts';
import type { AlarmEntries } from './alarm-entry.ts';
import { keeperAlarms } from './keeper-alarms.ts';
import { loadBalancerMetric } from './load-balancer-metrics.ts';
import { metricsOf, NOT_REJECTED, PERIOD, type ServiceMetrics, total } from './metrics.ts';

/** Fewer requests than this in a period say nothing about a rate. */
const ENOUGH_REQUESTS = 20;

export interface AlarmsProps {
  /** Absent where the load balancer verifies by itself. */
  readonly function: lambda.IFunction | undefined;
  /** What writes the snapshot, where something does. */
  readonly keeper?: Keeper | undefined;
  /** `service` in the function's settings; the contract's default unless it is given. */
  readonly service?: string;
  /** The last part of the ARN, `app/NAME/ID`. */
  readonly loadBalancerFullName: string;
  readonly rejectionRatePercent: number;
  readonly topicArn: string | undefined;
}

/** Alarms on what needs a person. Each description says what to do and names the runbook's entry. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, { topicArn, ...props }: AlarmsProps) {
    super(scope, id);
    const topic = topicArn === undefined ? undefined : sns.Topic.fromTopicArn(this, 'Topic', topicArn);
    for (const [name, entry] of Object.entries(entriesOf(props))) {
      const alarm = new cloudwatch.Alarm(this, name, {
        metric: entry.metric,
        threshold: entry.threshold,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: entry.periods === 1 ? 1 : 3,
        datapointsToAlarm: entry.periods,
        treatMissingData: entry.silenceBreaches
          ? cloudwatch.TreatMissingData.BREACHING
          : cloudwatch.TreatMissingData.NOT_BREACHING,
        alarmDescription: `${entry.description} Runbook: docs/runbook.md#${entry.runbook}`,
      });
      if (entry.after !== undefined) alarm.node.addDependency(entry.after);
      if (topic !== undefined) {
        alarm.addAlarmAction(new actions.SnsAction(topic));
        alarm.addOkAction(new actions.SnsAction(topic));
      }
    }
  }
}

function entriesOf({
  function: fn,
  keeper,
  service = DEFAULT_SERVICE,
  ...props
}: Omit<AlarmsProps, 'topicArn'>): AlarmEntries {
  const metrics = metricsOf(service);
  return {
    ...(fn === undefined ? {} : functionEntries(fn, metrics, props.rejectionRatePercent)),
    ...(keeper === undefined ? {} : keeperAlarms(keeper, metrics)),
    LoadBalancerErrors: {
      metric: loadBalancerMetric(props.loadBalancerFullName, 'HTTPCode_ELB_5XX_Count', 'Sum'),
      threshold: 5,
      periods: 2,
      description: 'The load balancer itself answers with 5xx. Look for throttles and crashes of its target.',
      runbook: 'callers-get-502-or-504',
    },
  };
}

function functionEntries(
  fn: lambda.IFunction,
  metrics: ServiceMetrics,
  rejectionRatePercent: number,
): AlarmEntries {
  const { metric, decisions } = metrics;
  return {
    ConfigRejected: {
      metric: metric(METRICS.configRejected, 'Sum'),
      threshold: 1,
      periods: 1,
      description:
        'The parameters do not parse; the last valid values stay in force. Read the problems in the log and correct the parameter.',
      runbook: 'a-changed-parameter-does-not-take-effect',
    },
    ConfigUnavailable: {
      metric: decisions('unavailable', 'config_unavailable'),
      threshold: 1,
      periods: 1,
      description: 'Requests get 503, for there is no good configuration. Read the problems in the log.',
      runbook: 'callers-get-503-config_unavailable',
    },
    KeysUnavailable: {
      metric: decisions('unavailable', 'keys_unavailable'),
      threshold: 1,
      periods: 1,
      description: 'Requests get 503, for the keys of an issuer cannot be had. Fetch its key set by hand.',
      runbook: 'callers-get-503-keys_unavailable',
    },
    RejectionRate: {
      metric: rejectionRate(metrics),
      threshold: rejectionRatePercent,
      periods: 2,
      description: `At least ${rejectionRatePercent} % of the requests are rejected, or would be on report-only routes. See which code it is and explain one of the tokens.`,
      runbook: 'callers-get-401-for-everything',
    },
    UpstreamErrors: {
      metric: total('upstream errors', {
        refused: decisions('failed', 'upstream_error'),
        late: decisions('failed', 'upstream_timeout'),
        large: decisions('failed', 'upstream_response_too_large'),
      }),
      threshold: 5,
      periods: 2,
      description: 'The upstream refuses, breaks off or is too slow. Read the reasons in the log.',
      runbook: 'callers-get-502-or-504',
    },
    FunctionErrors: {
      metric: fn.metricErrors({ period: PERIOD }),
      threshold: 1,
      periods: 1,
      description: 'The function crashed or ran into its time limit. Read its log.',
      runbook: 'callers-get-502-or-504',
    },
    FunctionThrottles: {
      metric: fn.metricThrottles({ period: PERIOD }),
      threshold: 1,
      periods: 1,
      description: "Requests were refused for want of concurrency. Compare with the account's limit.",
      runbook: 'callers-get-502-or-504',
    },
  };
}

/**
 * Decisions that are neither allowed nor a fault of ours, in percent. An alarm can't search for metrics and
 * takes ten at most, so it is told by what is left: every decision has a time, whatever its code.
 */
function rejectionRate({ metric, decisions }: ServiceMetrics): cloudwatch.MathExpression {
  const others = Object.entries(NOT_REJECTED).flatMap(([outcome, codes]) =>
    codes.map((code) => decisions(outcome as keyof typeof NOT_REJECTED, code)),
  );
  const ids = Object.fromEntries(others.map((other, index) => [`other${index}`, other]));
  const kept = ['allowed', ...Object.keys(ids)].map((id) => `FILL(${id}, 0)`).join(' - ');
  return new cloudwatch.MathExpression({
    expression: `IF(every >= ${ENOUGH_REQUESTS}, 100 * (every - ${kept}) / every, 0)`,
    usingMetrics: {
      every: metric(METRICS.decisionTime, 'SampleCount'),
      allowed: decisions('allowed', 'allowed'),
      ...ids,
    },
    period: PERIOD,
    label: 'rejected, %',
  });
}
