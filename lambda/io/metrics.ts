import { METRICS, METRICS_NAMESPACE, type OUTCOMES } from '../contract.ts';
import type { Code } from '../core/codes.ts';

export type MetricName = (typeof METRICS)[keyof typeof METRICS];

type Dimension =
  | readonly [name: 'outcome', value: (typeof OUTCOMES)[number]]
  | readonly [name: 'code', value: Code | 'allowed'];

/** Units of the metrics that are not counts. */
const UNITS: { readonly [name in MetricName]?: string } = {
  [METRICS.decisionTime]: 'Milliseconds',
  [METRICS.upstreamTime]: 'Milliseconds',
  [METRICS.snapshotAge]: 'Seconds',
  [METRICS.parametersAge]: 'Seconds',
  [METRICS.refusedFor]: 'Seconds',
};

/** The definitions in a directive. Made once, because every request has two metric lines. */
const DEFINITIONS = Object.fromEntries(
  Object.values(METRICS).map((Name) => [Name, JSON.stringify({ Name, Unit: UNITS[Name] ?? 'Count' })]),
) as Record<MetricName, string>;

/**
 * Metrics with their dimensions, as a log line that CloudWatch extracts them from. Built by hand: the library for it
 * took longer per request than the decision. Dimensions are our own words, so nothing in them is escaped. Neither is
 * the service: the environment's rules restrict it to a name.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsLine(
  service: string,
  values: readonly (readonly [name: MetricName, value: number])[],
  dimensions: readonly Dimension[] = [],
): string {
  let names = '"service"';
  let members = `"service":"${service}"`;
  for (const [name, value] of dimensions) {
    names += `,"${name}"`;
    members += `,"${name}":"${value}"`;
  }
  let definitions = '';
  for (const [name, value] of values) {
    definitions += `${definitions === '' ? '' : ','}${DEFINITIONS[name]}`;
    members += `,"${name}":${value}`;
  }
  const directive = `{"Namespace":"${METRICS_NAMESPACE}","Dimensions":[[${names}]],"Metrics":[${definitions}]}`;
  return `{"_aws":{"Timestamp":${Date.now()},"CloudWatchMetrics":[${directive}]},${members}}\n`;
}
