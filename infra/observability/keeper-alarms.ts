import { Duration } from 'aws-cdk-lib';
import { DEFAULT_MAX_SNAPSHOT_SECONDS, METRICS } from '../../lambda/contract.ts';
import type { Keeper } from '../configuration/keeper.ts';
import type { AlarmEntries } from './alarm-entry.ts';
import { PERIOD, type ServiceMetrics, total } from './metrics.ts';

/** How often the keeper runs. It reports each time. */
const RUN = Duration.minutes(1);

/** How long the keeper may reject the values in SSM before somebody is notified. */
const MAX_REJECTED = Duration.minutes(5);

/** Alarms on the keeper, where there is one. */
export function keeperAlarms(keeper: Keeper, { metric }: ServiceMetrics): AlarmEntries {
  return {
    ParametersAge: {
      metric: metric(METRICS.parametersAge, 'Maximum').with({ period: RUN }),
      // From then on the snapshot is too old for every verifier, and each reads SSM.
      threshold: DEFAULT_MAX_SNAPSHOT_SECONDS,
      // A dead keeper reports nothing. Three minutes in a row, because a minute may have no run, or its data may be late.
      periods: 3,
      silenceBreaches: true,
      // Before that there is no data, and every new stack would trigger the alarm.
      after: keeper,
      description:
        'The keeper does not run or cannot read the parameters, so changes take effect later and each environment asks SSM itself. Run the keeper by hand and read its log.',
      runbook: 'the-keeper-fails',
    },
    RefusedFor: {
      metric: metric(METRICS.refusedFor, 'Maximum').with({ period: RUN }),
      threshold: MAX_REJECTED.toSeconds(),
      periods: 1,
      description: `A parameter in SSM has been invalid for ${MAX_REJECTED.toMinutes()} minutes, so the last valid values stay in force. Run the keeper by hand to see which one it is, and correct it.`,
      runbook: 'a-changed-parameter-does-not-take-effect',
    },
    SnapshotFailures: {
      metric: metric(METRICS.snapshotFailures, 'Sum').with({ period: PERIOD }),
      threshold: 1,
      // An environment that misses one snapshot continues with the previous one.
      periods: 3,
      description:
        'Verifiers cannot read the snapshot, so they ask SSM and the issuers themselves. Read the reason in their log, then check the bucket and its policy.',
      runbook: 'the-keeper-fails',
    },
    KeeperErrors: {
      metric: total('keeper errors', {
        crashed: keeper.function.metricErrors({ period: PERIOD }),
        failed: metric(METRICS.keeperFailures, 'Sum'),
      }),
      threshold: 1,
      // The next run, a minute later, makes up for a failed one.
      periods: 2,
      description:
        'The keeper keeps failing: it crashes, or cannot read the parameters or write the snapshot. Read its log.',
      runbook: 'the-keeper-fails',
    },
  };
}
