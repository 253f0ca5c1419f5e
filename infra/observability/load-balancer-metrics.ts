import { aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import { PERIOD } from './metrics.ts';

/**
 * A metric of a load balancer, identified by the last part of its ARN (`app/NAME/ID`): nothing else is known about one
 * that another stack owns.
 */
export function loadBalancerMetric(
  loadBalancerFullName: string,
  metricName: string,
  statistic: string,
  label?: string,
): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/ApplicationELB',
    metricName,
    dimensionsMap: { LoadBalancer: loadBalancerFullName },
    statistic,
    period: PERIOD,
    ...(label === undefined ? {} : { label }),
  });
}
