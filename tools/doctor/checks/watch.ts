import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';
import { defineCheck, type Finding, found, ok, problem, skipped, warning } from '../check.ts';

const alarms = defineCheck({
  id: 'alarms',
  title: 'Alarms',
  about: "the stack's alarms that are raised or have no data, each with its entry in the runbook",
  actions: ['cloudwatch:DescribeAlarms'],
  scope: 'aws',
  needs: ['resources'],
  async run({ resources }, { aws }) {
    const names = resources.flatMap(({ type, physicalId }) =>
      type === 'AWS::CloudWatch::Alarm' && physicalId !== undefined ? [physicalId] : [],
    );
    if (names.length === 0) return found(skipped('the stack has none (alarms=false), or none yet'));
    return found(judgeAlarms(await aws.alarms(names), names));
  },
});

/** What the states of alarms say; `names` are those that the stack has. */
export function judgeAlarms(described: readonly MetricAlarm[], names: readonly string[]): readonly Finding[] {
  const raised = described.filter(({ StateValue }) => StateValue === 'ALARM');
  const silent = described.filter(({ StateValue }) => StateValue === 'INSUFFICIENT_DATA');
  const gone = names.filter((name) => described.every(({ AlarmName }) => AlarmName !== name));
  const findings = [
    ...raised.map(({ AlarmName, StateTransitionedTimestamp: at, AlarmDescription }) => {
      const since = at === undefined ? '' : ` since ${at.toISOString()}`;
      return problem(`${AlarmName} is raised${since}`, AlarmDescription ?? 'See docs/runbook.md');
    }),
    ...(silent.length > 0
      ? [
          warning(
            `${silent.length} of ${names.length} have no data yet: ${silent.map(({ AlarmName }) => AlarmName).join(', ')}`,
            'Data comes within minutes of a first deploy. If it does not, StateReason says why: aws cloudwatch describe-alarms',
          ),
        ]
      : []),
    ...(gone.length > 0
      ? [
          warning(
            `${gone.length} of ${names.length} were deleted by hand: ${gone.join(', ')}`,
            'Create them again: npx cdk deploy --revert-drift',
          ),
        ]
      : []),
  ];
  return findings.length > 0 ? findings : [ok(`none of ${names.length} is raised`)];
}

const targets = defineCheck({
  id: 'targets',
  title: 'Target group',
  about: 'whether the function is registered, and a listener rule forwards requests to it',
  actions: ['elasticloadbalancing:DescribeTargetHealth'],
  scope: 'aws',
  needs: ['stack'],
  async run({ stack }, { aws }) {
    const arn = stack.outputs.TargetGroupArn;
    if (arn === undefined) {
      return found(
        skipped('the stack has none: the load balancer itself verifies tokens, or the stack is not complete'),
      );
    }
    return found(judgeTargets(await aws.targets(arn)));
  },
});

/** What the health of targets says. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html */
export function judgeTargets(targets: readonly TargetHealthDescription[]): readonly Finding[] {
  if (targets.length === 0) {
    return [
      problem(
        'it has no function, so the load balancer returns 503',
        'Register it again: npx cdk deploy --revert-drift',
      ),
    ];
  }
  return targets.map(({ Target, TargetHealth: { State, Reason, Description } = {} }): Finding => {
    const name = Target?.Id?.split(':function:')[1] ?? Target?.Id ?? 'the function';
    const said = `${name} is ${State}${Description === undefined ? '' : `: ${Description}`}`;
    if (State === 'healthy') return ok(`${name} is healthy`);
    // A function has no health check unless somebody has turned one on.
    if (Reason === 'Target.HealthCheckDisabled') return ok(`${name}, without health checks`);
    if (State === 'unused') {
      return problem(
        said,
        'No listener rule leads to it. If somebody has deleted the rule: npx cdk deploy --revert-drift',
      );
    }
    if (State === 'initial' || State === 'draining') return warning(said, 'Run this again in a minute.');
    return problem(said, "Read the function's log: docs/runbook.md#callers-get-502-or-504");
  });
}

export const WATCH_CHECKS = [alarms, targets] as const;
