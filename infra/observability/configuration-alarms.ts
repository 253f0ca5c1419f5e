import { METRICS } from '../../lambda/contract.ts';
import type { AlarmEntries } from './alarm-entry.ts';
import type { ServiceMetrics } from './metrics.ts';

/** Alarms on the parameters and the keys, with a keeper or without one. */
export function configurationAlarms({ metric }: ServiceMetrics): AlarmEntries {
  return {
    ConfigRejected: {
      metric: metric(METRICS.configRejected, 'Sum'),
      threshold: 1,
      periods: 1,
      description:
        'A parameter in SSM is invalid, so the last valid values stay in force. Read the problems in the log and correct the parameter.',
      runbook: 'a-changed-parameter-does-not-take-effect',
    },
    ConfigRefreshFailures: {
      metric: metric(METRICS.configRefreshFailures, 'Sum'),
      threshold: 1,
      // A failed read is retried after seconds, then at least every 5 minutes: an environment that stays cut off fails in
      // every period, a throttled call in only one. A kill switch cannot wait for a third period.
      periods: 2,
      description:
        'Verifiers cannot read the parameters, so a revocation, like any other change, does not reach them. Read the reason in their log, then check SSM, the role and the network.',
      runbook: 'the-parameters-cannot-be-read',
    },
    KeyFetchFailures: {
      metric: metric(METRICS.keyFetchFailures, 'Sum'),
      threshold: 1,
      // Known keys are used for 4 hours, so a short outage of an issuer needs nobody, and after 15 minutes most of that
      // is left.
      periods: 3,
      description:
        "Fetching an issuer's keys has failed for 15 minutes. Verifiers use the known keys for 4 hours; meanwhile they find no new key and still accept a withdrawn one. Fetch the key set by hand to see what fails.",
      runbook: 'callers-get-503-keys_unavailable',
    },
  };
}
