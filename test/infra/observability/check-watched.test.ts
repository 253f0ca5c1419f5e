import { expect, it } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Alarms, type AlarmsProps } from '../../../infra/observability/alarms.ts';
import { MetricsDashboard } from '../../../infra/observability/metrics-dashboard.ts';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/x/0123456789abcdef';
const loadBalancerFullName = 'app/x/0123456789abcdef';

it.each<[string, object]>([
  ["loadBalancerFullName must be the last part of a load balancer's ARN", { loadBalancerFullName: ARN }],
  ["loadBalancerFullName must be the last part of a load balancer's ARN", { loadBalancerFullName: 'x' }],
  ["loadBalancerFullName must be the last part of a load balancer's ARN", {}],
  ['verifier must be a VerifierFunction', { loadBalancerFullName, verifier: { function: {} } }],
  ['configuration must be a Configuration', { loadBalancerFullName, configuration: '/team/orders' }],
])('refuses to watch what would never have data: %s %p', (problem, props) => {
  const stack = new Stack(new App(), 'Theirs');
  expect(() => new Alarms(stack, 'Alarms', props as AlarmsProps)).toThrow(problem);
  expect(() => new MetricsDashboard(stack, 'Dashboard', props as AlarmsProps)).toThrow(problem);
});
