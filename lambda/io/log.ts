import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Outcome } from '../core/handle.ts';
import type { ConfigEvents } from './config-source.ts';
import type { KeyEvents } from './key-source.ts';

/** A request as the log knows it. No header, no query and no body: any of them may hold a token. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly traceId: string | undefined;
  readonly requestId: string;
}

export interface Log extends ConfigEvents, KeyEvents {
  readonly decision: (request: LoggedRequest, outcome: Outcome, ms: number) => void;
  readonly bug: (request: LoggedRequest, error: unknown) => void;
}

/** JSON lines (Powertools logger) and embedded-format metrics (Powertools metrics) on standard output. */
export function createLog(path: string): Log {
  const logger = new Logger();
  const metrics = new Metrics();

  const count = (name: string) => metrics.singleMetric().addMetric(name, MetricUnit.Count, 1);

  return {
    decision: (request, outcome, ms) => {
      const level = outcome.code === 'allowed' ? 'info' : outcome.status >= 500 ? 'error' : 'warn';
      logger[level]('decision', { ...outcome, ms, request: { ...request } });
    },
    bug: (request, error) => {
      logger.error('internal error', {
        code: 'internal_error',
        request: { ...request },
        error: error as Error,
      });
    },
    configLoaded: ({ version }) => logger.info('configuration loaded', { path, version }),
    configRejected: (version, problems, kept) => {
      count('ConfigRejected');
      logger.error(
        kept === undefined
          ? 'configuration rejected; there is no good one to go on with'
          : 'configuration rejected; the last good one stays in force',
        {
          version,
          kept,
          problems: problems.map(({ parameter, message }) => ({
            parameter: `${path}/${parameter}`,
            message,
          })),
        },
      );
    },
    configFailed: (reason) => {
      count('ConfigRefreshFailed');
      logger.error('configuration could not be read', { path, reason });
    },
    keysLoaded: (provider, url, keys, ignored) =>
      logger.info('keys loaded', { provider, url, keys, ignored }),
    keysFailed: (provider, reason) => {
      count('KeyFetchFailed');
      logger.error('keys could not be loaded', { provider, reason });
    },
  };
}
