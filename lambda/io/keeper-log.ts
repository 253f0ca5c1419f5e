import { METRICS } from '../contract.ts';
import { boundedLogLine, cut } from './log-line.ts';
import { type MetricName, metricsLine } from './metrics.ts';

/** What fits into a line of at most 4 KB: some whole problems rather than the beginnings of all. */
const MAX_LOGGED = 10;
const MAX_PROBLEM = 250;

export type Say = (level: 'INFO' | 'WARN' | 'ERROR', message: string, fields: object) => void;

/** Writes log lines like the verifiers', to standard output. */
export function createSay(service: string, write: (text: string) => unknown = defaultWrite): Say {
  return (level, message, fields) => void write(boundedLogLine({ service, level, message }, fields));
}

/** Writes log lines and metrics of the keeper to standard output, like the verifiers'. */
export function createKeeperLog(service: string, write: (text: string) => unknown = defaultWrite) {
  const measure = (values: readonly (readonly [MetricName, number])[]) => write(metricsLine(service, values));
  const say = createSay(service, write);
  return {
    say,
    keysFetched: () => void measure([[METRICS.keyFetches, 1]]),
    keysFailed(provider: string, reason: string): void {
      measure([[METRICS.keyFetchFailures, 1]]);
      say('ERROR', 'keys could not be loaded', { provider, reason });
    },
    keysLeft: (provider: string, reason: string) =>
      say('WARN', 'keys could not be loaded; verifiers fetch them themselves', { provider, reason }),
    refused(problems: readonly string[], versions: object): void {
      measure([[METRICS.configRejected, 1]]);
      const logged = problems.slice(0, MAX_LOGGED).map((problem) => cut(problem, MAX_PROBLEM));
      say('ERROR', 'configuration rejected; the last valid values stay in force', {
        problems: logged,
        ...(problems.length > logged.length && { problemsInAll: problems.length }),
        versions,
      });
    },
    note: (message: string, fields: object) => say('WARN', message, fields),
    written: ({ parametersAge, refusedFor }: { parametersAge: number; refusedFor: number }) =>
      void measure([
        [METRICS.parametersAge, parametersAge],
        [METRICS.refusedFor, refusedFor],
      ]),
    keeperFailed(reason: string): void {
      measure([[METRICS.keeperFailures, 1]]);
      say('ERROR', 'the keeper could not read the parameters or write the snapshot', { reason });
    },
    secretsChanged: (fields: object) => say('INFO', 'the shared secrets have changed', fields),
    secretsFailed(reason: string): void {
      measure([[METRICS.keeperFailures, 1]]);
      say('ERROR', 'the shared secrets could not be kept up to date; those that are stored stay in use', {
        reason,
      });
    },
  };
}

const defaultWrite = (text: string): boolean => process.stdout.write(text);
