import { aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import { METRICS } from '../../lambda/contract.ts';
import type { AlarmEntries } from './alarm-entry.ts';
import { NOT_REJECTED, PERIOD, type ServiceMetrics, total } from './metrics.ts';

/** Fewer requests than this in a period say nothing about a rate. */
const ENOUGH_REQUESTS = 20;

/** Alarms on what callers get. */
export function decisionAlarms(metrics: ServiceMetrics, rejectionRatePercent: number): AlarmEntries {
  const { decisions } = metrics;
  return {
    ConfigUnavailable: {
      metric: decisions('unavailable', 'config_unavailable'),
      threshold: 1,
      periods: 1,
      description:
        'Requests get 503 because the function has no valid configuration. Read the problems in its log and correct the parameters.',
      runbook: 'callers-get-503-config_unavailable',
    },
    KeysUnavailable: {
      metric: decisions('unavailable', 'keys_unavailable'),
      threshold: 1,
      periods: 1,
      description:
        "Requests get 503 because an issuer's keys are not available. Fetch its key set by hand to see what fails.",
      runbook: 'callers-get-503-keys_unavailable',
    },
    InternalErrors: {
      metric: decisions('failed', 'internal_error'),
      // Each one is a bug, whoever can trigger it.
      threshold: 1,
      periods: 1,
      description:
        'A request got 500 because of a bug. Find its stack trace in the log and report it. If it came with a deploy, go back to the previous revision.',
      runbook: 'callers-get-500-internal_error',
    },
    RejectionRate: {
      metric: rejectionRate(metrics),
      threshold: rejectionRatePercent,
      periods: 2,
      description: `At least ${rejectionRatePercent}% of the requests are rejected, or would be if their routes were not report-only. Find the code that most of them get and run explain on one of the tokens.`,
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
      description:
        'The upstream refuses connections, breaks off its responses, sends responses that are too large, or is too slow. Read the reasons in the log.',
      runbook: 'callers-get-502-or-504',
    },
  };
}

/**
 * Rejected decisions, in percent. An alarm can't search for metrics and takes ten at most, so it counts what remains:
 * every decision has a time, whatever its code, and those that are allowed or no fault of the caller are subtracted.
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
