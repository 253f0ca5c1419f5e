import { aws_cloudwatch as cloudwatch, Duration } from 'aws-cdk-lib';
import { METRICS, METRICS_NAMESPACE, type OUTCOMES } from '../../lambda/contract.ts';

export type MetricName = (typeof METRICS)[keyof typeof METRICS];
export type OutcomeKind = (typeof OUTCOMES)[number];

/** The period of a point in a graph and of an alarm's evaluation. */
export const PERIOD = Duration.minutes(5);

/** The metrics of one deployment: those with its `service` as a dimension. */
export interface ServiceMetrics {
  /** A metric without a further dimension. */
  readonly metric: (name: MetricName, statistic: string, label?: string) => cloudwatch.Metric;
  /** How many decisions had an outcome and a code. */
  readonly decisions: (outcome: OutcomeKind, code: string) => cloudwatch.Metric;
  /** A line for every outcome and code, including those that have not occurred yet. */
  readonly allDecisions: () => cloudwatch.IMetric;
}

export function metricsOf(service: string): ServiceMetrics {
  return {
    metric: (metricName, statistic, label) =>
      new cloudwatch.Metric({
        namespace: METRICS_NAMESPACE,
        metricName,
        dimensionsMap: { service },
        statistic,
        period: PERIOD,
        ...(label === undefined ? {} : { label }),
      }),
    decisions: (outcome, code) =>
      new cloudwatch.Metric({
        namespace: METRICS_NAMESPACE,
        metricName: METRICS.decisions,
        dimensionsMap: { service, outcome, code },
        statistic: cloudwatch.Stats.SUM,
        period: PERIOD,
      }),
    allDecisions: () =>
      new cloudwatch.MathExpression({
        expression: `SEARCH('{${METRICS_NAMESPACE},service,outcome,code} MetricName="${METRICS.decisions}" service="${service}"', 'Sum')`,
        usingMetrics: {},
        period: PERIOD,
        label: '',
      }),
  };
}

/** A sum in which a metric without data counts as 0. */
export function total(label: string, metrics: Readonly<Record<string, cloudwatch.Metric>>) {
  return new cloudwatch.MathExpression({
    expression: Object.keys(metrics)
      .map((id) => `FILL(${id}, 0)`)
      .join(' + '),
    usingMetrics: { ...metrics },
    period: PERIOD,
    label,
  });
}

/** Codes of decisions that are not the caller's fault: 5xx, which do not count as rejections. */
export const NOT_REJECTED = {
  unavailable: ['keys_unavailable', 'config_unavailable'],
  failed: ['upstream_error', 'upstream_timeout', 'upstream_response_too_large', 'internal_error'],
} as const satisfies Partial<Record<OutcomeKind, readonly string[]>>;
