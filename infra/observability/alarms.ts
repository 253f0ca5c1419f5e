import {
  aws_cloudwatch_actions as actions,
  aws_cloudwatch as cloudwatch,
  Duration,
  type aws_lambda as lambda,
  aws_sns as sns,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DEFAULT_SERVICE } from '../../lambda/contract.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { VerifierFunction } from '../function/verifier-function.ts';
import { checkOptions } from '../options/check-options.ts';
import { OPERATIONS_OPTIONS } from '../options/groups/operations.ts';
import type { AlarmEntries, AlarmEntry } from './alarm-entry.ts';
import { watchedProblems } from './check-watched.ts';
import { configurationAlarms } from './configuration-alarms.ts';
import { decisionAlarms } from './decision-alarms.ts';
import { keeperAlarms } from './keeper-alarms.ts';
import { loadBalancerMetric } from './load-balancer-metrics.ts';
import { metricsOf, PERIOD } from './metrics.ts';

/** Properties of `Alarms`. */
export interface AlarmsProps {
  /**
   * The function to watch, such as `function` of a `VerifierTarget`.
   *
   * @default - none: the load balancer itself verifies tokens
   */
  readonly verifier?: VerifierFunction | undefined;
  /**
   * The configuration whose keeper to watch.
   *
   * @default - none
   */
  readonly configuration?: Configuration | undefined;
  /** The last part of the load balancer's ARN, `app/NAME/ID`. */
  readonly loadBalancerFullName: string;
  /**
   * Share of rejected requests that triggers the alarm `RejectionRate`, in percent, from 1 to 100.
   *
   * @default 50
   */
  readonly rejectionRatePercent?: number;
  /**
   * ARN of the SNS topic that the alarms notify, in the region of the stack.
   *
   * @default - nobody is notified
   */
  readonly topicArn?: string | undefined;
  /**
   * URL of the runbook page that the alarms link to, without a fragment.
   *
   * @default - docs/runbook.md in this package
   */
  readonly runbookUrl?: string | undefined;
  /**
   * Whether the load balancer's errors stop a gradual deployment. If so, the alarm watches only 502, minute by
   * minute.
   *
   * @default false
   */
  readonly loadBalancerStops?: boolean;
}

/** Alarms on what needs a person. Each description says what happened and what to do, and links to its entry in the runbook. */
export class Alarms extends Construct {
  /** All alarms, by name. */
  readonly all: Readonly<Record<string, cloudwatch.Alarm>>;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { topicArn, runbookUrl = 'docs/runbook.md', rejectionRatePercent } = props;
    checkOptions(
      this.node.path,
      { alarmTopicArn: topicArn, runbookUrl: props.runbookUrl, rejectionRatePercent },
      { alarmTopicArn: 'topicArn' },
      watchedProblems(props),
    );
    const all: Record<string, cloudwatch.Alarm> = {};
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
        alarmDescription: `${entry.description} Runbook: ${runbookUrl}#${entry.runbook}`,
      });
      if (entry.after !== undefined) alarm.node.addDependency(entry.after);
      if (topic !== undefined) {
        alarm.addAlarmAction(new actions.SnsAction(topic));
        alarm.addOkAction(new actions.SnsAction(topic));
      }
      all[name] = alarm;
    }
    this.all = all;
  }

  /** The alarm with a name. Throws if there is none. */
  named(name: string): cloudwatch.Alarm {
    const alarm = Object.hasOwn(this.all, name) ? this.all[name] : undefined;
    if (alarm === undefined) {
      throw new Error(`There is no alarm ${name}; the alarms are ${Object.keys(this.all).join(', ')}.`);
    }
    return alarm;
  }
}

function entriesOf(props: AlarmsProps): AlarmEntries {
  const {
    verifier,
    configuration,
    loadBalancerFullName,
    rejectionRatePercent = OPERATIONS_OPTIONS.rejectionRatePercent.default,
    loadBalancerStops = false,
  } = props;
  const fn = verifier?.resource;
  const keeper = configuration?.keeper;
  const metrics = metricsOf(verifier?.service ?? configuration?.service ?? DEFAULT_SERVICE);
  return {
    ...(fn === undefined
      ? {}
      : {
          ...configurationAlarms(metrics),
          ...decisionAlarms(metrics, rejectionRatePercent),
          ...functionAlarms(fn),
        }),
    ...(keeper === undefined ? {} : keeperAlarms(keeper, metrics)),
    LoadBalancerErrors: loadBalancerStops
      ? unusableResponses(loadBalancerFullName)
      : {
          metric: loadBalancerMetric(loadBalancerFullName, 'HTTPCode_ELB_5XX_Count', 'Sum'),
          threshold: 5,
          periods: 2,
          description:
            'The load balancer itself responds to requests with 5xx. Look for crashes and throttles of the function.',
          runbook: 'callers-get-502-or-504',
        },
  };
}

/**
 * The load balancer's errors where they stop a deployment. Of its 5xx, the function causes only 502: a caller causes 501 or
 * 505 by what it sends, and with native verification an issuer that is down causes 500.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
 */
function unusableResponses(loadBalancerFullName: string): AlarmEntry {
  return {
    // The shortest deployment takes 5 minutes, and two of three periods must fit into it.
    metric: loadBalancerMetric(loadBalancerFullName, 'HTTPCode_ELB_502_Count', 'Sum').with({
      period: Duration.minutes(1),
    }),
    // A tenth of the requests of a small service is a few per minute.
    threshold: 1,
    periods: 2,
    description:
      "Callers get 502 because the load balancer cannot use the function's responses. Look for crashes and throttles of the function.",
    runbook: 'callers-get-502-or-504',
  };
}

function functionAlarms(fn: lambda.IFunction): AlarmEntries {
  return {
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
      description:
        "Lambda rejected requests because no concurrency was left. Compare the function's concurrency with its reservation and the account's limit.",
      runbook: 'callers-get-502-or-504',
    },
  };
}
