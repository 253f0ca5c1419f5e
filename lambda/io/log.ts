import { METRICS, type OUTCOMES } from '../contract.ts';
import { warningLine } from '../core/config/warning.ts';
import type { Outcome } from '../core/outcome.ts';
import type { ConfigEvents } from './config-source.ts';
import type { Environment } from './environment.ts';
import type { KeyEvents } from './key-source.ts';
import { boundedLogLine, errorFields, LEVELS, type Level, levelOf, logLine } from './log-line.ts';
import { type MetricName, metricsLine } from './metrics.ts';
import type { SnapshotEvents } from './snapshot-reader.ts';

/** A request as logged. Without header fields, query and body: any of them may contain a token. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  /** `X-Amzn-Trace-Id`: the request's name in the load balancer's access log. */
  readonly traceId: string | undefined;
  /** The id that caller and upstream know. */
  readonly requestId: string;
  /** API Gateway's id for a request to a REST API, which no client can choose. */
  readonly extendedRequestId?: string | undefined;
  /** Lambda's id. */
  readonly invocationId: string;
}

export interface Log extends ConfigEvents, KeyEvents, SnapshotEvents {
  readonly decision: (request: LoggedRequest, outcome: Outcome, ms: number) => void;
  readonly bug: (request: LoggedRequest, error: unknown) => void;
  /** An event that no AWS service sends; `problems` name its members, never their values. */
  readonly eventRejected: (invocationId: string, problems: readonly string[]) => void;
  /** Part of a snapshot cannot be used. */
  readonly snapshotProblem: (message: string) => void;
}

export interface LogOptions {
  /** Dimension of the metrics and member of log lines, which distinguishes deployments. */
  readonly service: string;
  /** Prefix of the parameters, so that a problem names the parameter that the operator has to change. */
  readonly configPath: string;
  /** Fraction of allowed requests that get a log line, from 0 to 1. All other requests get one. */
  readonly allowedLogRate: number;
  /** See Environment. */
  readonly tracingHeader?: Environment['tracingHeader'];
  /** The variables that set the level. */
  readonly variables?: Environment['variables'];
}

/** The most ignored keys of a set that its log line names. */
const MAX_IGNORED_LOGGED = 20;

/** The most problems of a configuration that a log line names: CloudWatch takes lines of up to 1 MB. */
const MAX_PROBLEMS_LOGGED = 100;

/** Writes JSON lines, and metrics in CloudWatch's embedded format, to standard output. */
export function createLog({
  service,
  configPath,
  allowedLogRate,
  tracingHeader,
  variables = {},
}: LogOptions): Log {
  const threshold = levelOf(variables);
  const headOf = (level: Level, message: string) => ({
    service,
    level,
    message,
    tracingHeader: tracingHeader?.(),
  });
  const say = (level: Level, message: string, fields: object): void => {
    if (LEVELS[level] >= threshold) process.stdout.write(logLine(headOf(level, message), fields));
  };
  const count = (name: keyof typeof METRICS) =>
    process.stdout.write(metricsLine(service, [[METRICS[name], 1]]));
  let coldStart = true;

  function metricsOf(outcome: Outcome, kind: OutcomeKind, ms: number): string {
    const { upstreamMs } = outcome;
    const measured: [MetricName, number][] = [[METRICS.decisionTime, ms - (upstreamMs ?? 0)]];
    if (upstreamMs !== undefined) measured.push([METRICS.upstreamTime, upstreamMs]);
    if (outcome.remembered) measured.push([METRICS.rememberedTokens, 1]);
    const code = (outcome.code === 'allowed' && outcome.reported) || outcome.code;
    const counted = metricsLine(
      service,
      [[METRICS.decisions, 1]],
      [
        ['outcome', kind],
        ['code', code],
      ],
    );
    return metricsLine(service, measured) + counted;
  }

  return {
    decision(request, outcome, ms) {
      const kind = kindOf(outcome);
      const level = LEVEL_OF[kind];
      let lines = metricsOf(outcome, kind, ms);
      const sampled = kind !== 'allowed' || Math.random() < allowedLogRate;
      if (sampled && LEVELS[level] >= threshold) {
        const fields = { ...outcome, outcome: kind, ms, coldStart, ...request };
        lines += boundedLogLine(headOf(level, 'decision'), fields);
      }
      coldStart = false;
      // Each write is a system call, which costs more than the text: metrics and log line go out in one.
      process.stdout.write(lines);
    },
    bug(request, error) {
      if (LEVELS.ERROR < threshold) return;
      const fields = { ...request, error: errorFields(error) };
      process.stdout.write(boundedLogLine(headOf('ERROR', 'internal error'), fields));
    },
    eventRejected: (invocationId, problems) => say('ERROR', 'event rejected', { invocationId, problems }),
    configRead: () => void count('configRefreshes'),
    configLoaded({ version, warnings }) {
      say(warnings.length === 0 ? 'INFO' : 'WARN', 'configuration loaded', {
        configPath,
        configVersion: version,
        ...(warnings.length > 0 && { warnings: warnings.map(warningLine) }),
      });
    },
    configRejected(version, problems, inForce) {
      count('configRejected');
      say(
        'ERROR',
        inForce === undefined
          ? 'configuration rejected; there is no valid one to fall back on'
          : 'configuration rejected; the last valid values stay in force',
        {
          configVersion: version,
          inForceVersion: inForce,
          problems: problems
            .slice(0, MAX_PROBLEMS_LOGGED)
            .map(({ parameter, message }) => `${configPath}/${parameter}: ${message}`),
          ...(problems.length > MAX_PROBLEMS_LOGGED && { problemsInAll: problems.length }),
        },
      );
    },
    configFailed(reason) {
      count('configRefreshFailures');
      say('ERROR', 'configuration could not be read', { configPath, reason });
    },
    snapshotRead: (ageSeconds) =>
      void process.stdout.write(metricsLine(service, [[METRICS.snapshotAge, ageSeconds]])),
    snapshotFailed(reason, news) {
      count('snapshotFailures');
      if (news) say('ERROR', 'the snapshot could not be read', { reason });
    },
    snapshotFresh(fresh, ageSeconds) {
      if (fresh) return say('INFO', 'the snapshot is fresh', { ageSeconds });
      say('WARN', 'there is no fresh snapshot; this environment asks SSM and the key endpoints itself', {
        ageSeconds,
      });
    },
    snapshotProblem: (message) => say('WARN', message, {}),
    keysFetched: () => void count('keyFetches'),
    keysLoaded: (provider, url, keys, ignored) =>
      say('INFO', 'keys loaded', {
        provider,
        url,
        keys,
        ignored: ignored.slice(0, MAX_IGNORED_LOGGED),
        ...(ignored.length > MAX_IGNORED_LOGGED && { ignoredInAll: ignored.length }),
      }),
    keysFailed(provider, reason) {
      count('keyFetchFailures');
      say('ERROR', 'keys could not be loaded', { provider, reason });
    },
  };
}

type OutcomeKind = (typeof OUTCOMES)[number];

const LEVEL_OF = {
  allowed: 'INFO',
  reported: 'WARN',
  rejected: 'WARN',
  unavailable: 'ERROR',
  failed: 'ERROR',
} as const satisfies Record<OutcomeKind, Level>;

/** How an outcome is counted: the dimension `outcome` of the metric. */
export function kindOf({ code, status, reported }: Outcome): OutcomeKind {
  if (code === 'allowed') return reported === undefined ? 'allowed' : 'reported';
  if (status === 503) return 'unavailable';
  return status >= 500 ? 'failed' : 'rejected';
}
