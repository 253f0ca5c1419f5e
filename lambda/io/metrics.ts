import { METRICS, METRICS_NAMESPACE, SERVICE } from '../contract.ts';

type MetricName = (typeof METRICS)[keyof typeof METRICS];

/** Those in milliseconds; any other is a count. */
const TIMES: readonly MetricName[] = [METRICS.decisionTime, METRICS.upstreamTime];

/**
 * Metrics with their dimensions as a line of the log that CloudWatch takes them from. Written by hand: the
 * library for it took longer for a request than the decision did.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsLine(
  values: Readonly<Partial<Record<MetricName, number>>>,
  dimensions: Readonly<Record<string, string>> = {},
): string {
  const directive = {
    Namespace: METRICS_NAMESPACE,
    Dimensions: [['service', ...Object.keys(dimensions)]],
    Metrics: (Object.keys(values) as MetricName[]).map((name) => ({
      Name: name,
      Unit: TIMES.includes(name) ? 'Milliseconds' : 'Count',
    })),
  };
  const document = {
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] },
    service: SERVICE,
    ...dimensions,
    ...values,
  };
  return `${JSON.stringify(document)}\n`;
}
