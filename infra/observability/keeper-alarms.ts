import { Duration } from 'aws-cdk-lib';
import { DEFAULT_MAX_SNAPSHOT_SECONDS, METRICS } from '../../lambda/contract.ts';
import type { Keeper } from '../configuration/keeper.ts';
import type { AlarmEntries } from './alarm-entry.ts';
import { PERIOD, type ServiceMetrics, total } from './metrics.ts';

/** The keeper runs as often, and speaks each time. */
const RUN = Duration.minutes(1);

/** How long what is in SSM may be refused before somebody is told. */
const MAX_REFUSED = Duration.minutes(5);

/** Alarms on the keeper, where there is one. */
export function keeperAlarms(keeper: Keeper, { metric }: ServiceMetrics): AlarmEntries {
  return {
    ParametersAge: {
      metric: metric(METRICS.parametersAge, 'Maximum').with({ period: RUN }),
      // From then on no verifier takes the snapshot for fresh, and each asks SSM.
      threshold: DEFAULT_MAX_SNAPSHOT_SECONDS,
      // A dead keeper says nothing. Three minutes in a row, because one may go without a run, or its data be late.
      periods: 3,
      silenceBreaches: true,
      // Earlier there could be no data, and a new stack would raise it.
      after: keeper,
      description:
        'The keeper does not run or cannot read the parameters, so changes take longer and each environment asks SSM itself. Run the keeper by hand and read its log.',
      runbook: 'the-keeper-fails',
    },
    RefusedFor: {
      metric: metric(METRICS.refusedFor, 'Maximum').with({ period: RUN }),
      threshold: MAX_REFUSED.toSeconds(),
      periods: 1,
      description: `A parameter in SSM has not been valid for ${MAX_REFUSED.toMinutes()} minutes, so the last valid values stay in force. Run the keeper by hand to see which one it is, and correct it.`,
      runbook: 'a-changed-parameter-does-not-take-effect',
    },
    SnapshotFailures: {
      metric: metric(METRICS.snapshotFailures, 'Sum').with({ period: PERIOD }),
      threshold: 1,
      // One environment that misses one snapshot goes on with the one before.
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
      // The next run, a minute later, makes up for one that fails.
      periods: 2,
      description:
        'The keeper keeps failing: it crashes, or cannot read the parameters or write the snapshot. Read its log.',
      runbook: 'the-keeper-fails',
    },
  };
}
