import { aws_cloudwatch as cloudwatch, type aws_lambda as lambda } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DEFAULT_SERVICE, METRICS } from '../../lambda/contract.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { VerifierFunction } from '../function/verifier-function.ts';
import { throwProblems } from '../options/check-options.ts';
import { watchedProblems } from './check-watched.ts';
import { loadBalancerMetric } from './load-balancer-metrics.ts';
import { metricsOf, PERIOD, type ServiceMetrics } from './metrics.ts';

/** Properties of a `MetricsDashboard`. */
export interface MetricsDashboardProps {
  /**
   * The function to show, such as `function` of a `VerifierTarget`.
   *
   * @default - none: the load balancer itself verifies tokens
   */
  readonly verifier?: VerifierFunction | undefined;
  /**
   * The configuration whose keeper to show.
   *
   * @default - none
   */
  readonly configuration?: Configuration | undefined;
  /** The last part of the load balancer's ARN, `app/NAME/ID`. */
  readonly loadBalancerFullName: string;
}

/** One dashboard: decisions, their duration, keys and configuration, the keeper, the function and the load balancer. */
export class MetricsDashboard extends Construct {
  /** The CloudWatch dashboard. */
  readonly resource: cloudwatch.Dashboard;

  constructor(scope: Construct, id: string, props: MetricsDashboardProps) {
    super(scope, id);
    const { verifier, configuration, loadBalancerFullName } = props;
    throwProblems(this.node.path, watchedProblems(props));
    const fn = verifier?.resource;
    const keeper = configuration?.keeper;
    const metrics = metricsOf(verifier?.service ?? configuration?.service ?? DEFAULT_SERVICE);
    this.resource = new cloudwatch.Dashboard(this, 'Resource', {
      widgets: [
        ...(fn === undefined ? [] : [decisionWidgets(metrics), cacheWidgets(metrics)]),
        ...(keeper === undefined ? [] : [keeperWidgets(keeper.function, metrics)]),
        ...(fn === undefined ? [] : [functionWidgets(fn)]),
        loadBalancerWidgets(loadBalancerFullName),
      ],
    });
  }
}

function graph(
  title: string,
  left: cloudwatch.IMetric[],
  props: Partial<cloudwatch.GraphWidgetProps> = {},
): cloudwatch.GraphWidget {
  const widths = { width: 8, height: 6 };
  return new cloudwatch.GraphWidget({
    title,
    left,
    leftYAxis: { min: 0 },
    period: PERIOD,
    ...widths,
    ...props,
  });
}

function decisionWidgets({ metric, allDecisions }: ServiceMetrics): cloudwatch.IWidget[] {
  const remembered = new cloudwatch.MathExpression({
    expression: '100 * FILL(hits, 0) / every',
    usingMetrics: {
      hits: metric(METRICS.rememberedTokens, 'Sum'),
      every: metric(METRICS.decisionTime, 'SampleCount'),
    },
    period: PERIOD,
    label: 'on a remembered token',
  });
  return [
    graph('Decisions by outcome and code', [allDecisions()], { stacked: true, width: 12 }),
    graph('Decision time and upstream time, ms', [
      metric(METRICS.decisionTime, 'p50', 'decision p50'),
      metric(METRICS.decisionTime, 'p99', 'decision p99'),
      metric(METRICS.upstreamTime, 'p50', 'upstream p50'),
      metric(METRICS.upstreamTime, 'p99', 'upstream p99'),
    ]),
    graph('Remembered tokens, %', [remembered], { width: 4, leftYAxis: { min: 0, max: 100 } }),
  ];
}

function cacheWidgets({ metric }: ServiceMetrics): cloudwatch.IWidget[] {
  return [
    graph(
      'Key sets',
      [metric(METRICS.keyFetches, 'Sum', 'fetched'), metric(METRICS.keyFetchFailures, 'Sum', 'failed')],
      { width: 12 },
    ),
    graph(
      'Configuration',
      [
        metric(METRICS.configRefreshes, 'Sum', 'applied'),
        metric(METRICS.configRefreshFailures, 'Sum', 'could not be read'),
        metric(METRICS.configRejected, 'Sum', 'rejected'),
      ],
      { width: 12 },
    ),
  ];
}

function keeperWidgets(keeper: lambda.IFunction, { metric }: ServiceMetrics): cloudwatch.IWidget[] {
  const period = { period: PERIOD };
  return [
    graph('Age of the parameters, s', [
      metric(METRICS.parametersAge, 'Maximum', 'as the keeper read them'),
      metric(METRICS.snapshotAge, 'Maximum', 'as a verifier finds them in the snapshot'),
    ]),
    graph('Parameters in SSM rejected for, s', [metric(METRICS.refusedFor, 'Maximum', 'rejected for')]),
    graph('Keeper: runs and failures', [
      keeper.metricInvocations(period),
      keeper.metricErrors(period),
      metric(METRICS.keeperFailures, 'Sum', 'could not read or write'),
      metric(METRICS.snapshotFailures, 'Sum', 'snapshot not read by a verifier'),
    ]),
  ];
}

function functionWidgets(fn: lambda.IFunction): cloudwatch.IWidget[] {
  const period = { period: PERIOD };
  return [
    graph('Function: invocations, errors, throttles', [
      fn.metricInvocations(period),
      fn.metricErrors(period),
      fn.metricThrottles(period),
    ]),
    graph('Function: duration, ms', [
      fn.metricDuration({ ...period, statistic: 'p50', label: 'p50' }),
      fn.metricDuration({ ...period, statistic: 'p99', label: 'p99' }),
    ]),
    graph('Function: concurrency', [
      fn.metric('ConcurrentExecutions', { ...period, statistic: 'Maximum', label: 'concurrent executions' }),
    ]),
  ];
}

function loadBalancerWidgets(fullName: string): cloudwatch.IWidget[] {
  const of = (name: string, statistic: string, label: string) =>
    loadBalancerMetric(fullName, name, statistic, label);
  return [
    graph('Load balancer: 5xx', [
      of('HTTPCode_ELB_5XX_Count', 'Sum', 'by the load balancer'),
      of('HTTPCode_Target_5XX_Count', 'Sum', 'by its target'),
    ]),
    graph('Load balancer: 4xx', [
      of('HTTPCode_ELB_4XX_Count', 'Sum', 'by the load balancer'),
      of('HTTPCode_Target_4XX_Count', 'Sum', 'by its target'),
    ]),
    graph('Load balancer: requests and latency', [of('RequestCount', 'Sum', 'requests')], {
      right: [of('TargetResponseTime', 'p50', 'p50, s'), of('TargetResponseTime', 'p99', 'p99, s')],
    }),
  ];
}
