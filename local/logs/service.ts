import type { AwsJsonResult, AwsJsonService, Input } from '../aws-api/service.ts';
import { parseFilterPattern } from './filter-pattern.ts';
import { createQueryOperations } from './insights/operations.ts';
import { fail, invalid, noGroup, succeed } from './results.ts';
import type { LogEvent, LogStore } from './store.ts';

export interface LogsOptions {
  readonly region: string;
  readonly account: string;
  readonly store: LogStore;
  /** How many events one call examines, so that a page can be empty without being the last; 10,000 by default. */
  readonly eventsPerCall?: number;
}

const MAX_LIMIT = 10_000;
const MAX_GROUPS = 50;

type Operation = (input: Input, options: LogsOptions) => AwsJsonResult;

/**
 * The operations of CloudWatch Logs that read what functions have written.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/
 */
export function createLogsService(options: LogsOptions): AwsJsonService {
  const operations: Readonly<Record<string, Operation>> = {
    ...OPERATIONS,
    ...createQueryOperations(options.store),
  };
  return {
    target: 'Logs_20140328',
    execute: (operation, input) =>
      (Object.hasOwn(operations, operation) ? operations[operation] : undefined)?.(input, options) ??
      fail(
        'UnknownOperationException',
        `The local CloudWatch Logs only supports ${Object.keys(operations).join(', ')}.`,
      ),
  };
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  DescribeLogGroups(input, { store, region, account }) {
    const prefix = input.logGroupNamePrefix ?? '';
    const after = input.nextToken ?? '';
    const limit = input.limit ?? MAX_GROUPS;
    if (typeof prefix !== 'string' || typeof after !== 'string' || !isLimit(limit, MAX_GROUPS)) {
      return invalid('A prefix and a token must be strings, and a limit must be 1 to 50.');
    }
    const found = store.groups().filter(([name]) => name.startsWith(prefix) && name > after);
    const page = found.slice(0, limit);
    return succeed({
      logGroups: page.map(([name, createdAt]) => {
        const arn = `arn:aws:logs:${region}:${account}:log-group:${name}`;
        return {
          logGroupName: name,
          arn: `${arn}:*`,
          logGroupArn: arn,
          creationTime: createdAt,
          logGroupClass: 'STANDARD',
          metricFilterCount: 0,
          storedBytes: 0,
        };
      }),
      ...(found.length > page.length && { nextToken: page.at(-1)?.[0] }),
    });
  },

  FilterLogEvents(input, { store, eventsPerCall = MAX_LIMIT }) {
    const group = groupOf(input);
    const pattern = input.filterPattern ?? '';
    const limit = input.limit ?? MAX_LIMIT;
    const {
      startTime = 0,
      endTime = Number.POSITIVE_INFINITY,
      logStreamNames,
      logStreamNamePrefix = '',
    } = input;
    if (group === undefined) return invalid('The request names no log group.');
    if (!store.groups().some(([name]) => name === group)) {
      return noGroup();
    }
    if (typeof startTime !== 'number' || typeof endTime !== 'number' || !isLimit(limit, MAX_LIMIT)) {
      return invalid('Times must be milliseconds since the epoch, and a limit must be 1 to 10000.');
    }
    const matches = typeof pattern === 'string' ? parseFilterPattern(pattern) : undefined;
    if (matches === undefined) {
      return invalid(
        'Invalid filter pattern. The local CloudWatch Logs supports terms, and { $.member = "text" } with !=, && and ||.',
      );
    }
    const from = input.nextToken === undefined ? 0 : Number(input.nextToken);
    if (!Number.isSafeInteger(from)) return invalid('The specified token is invalid.');

    const all = store.eventsOf(group).filter(({ id }) => id >= from);
    const events: LogEvent[] = [];
    let looked = 0;
    for (const event of all) {
      if (looked === eventsPerCall || events.length === limit) break;
      looked++;
      const { timestamp, stream, message } = event;
      if (timestamp < startTime || timestamp > endTime || !stream.startsWith(String(logStreamNamePrefix)))
        continue;
      if (Array.isArray(logStreamNames) && !logStreamNames.includes(stream)) continue;
      if (matches(message)) events.push(event);
    }
    const next = all[looked];
    return succeed({
      events: events.map(({ id, stream, timestamp, message }) => ({
        logStreamName: stream,
        timestamp,
        message,
        ingestionTime: timestamp,
        eventId: String(id).padStart(56, '0'),
      })),
      searchedLogStreams: [],
      ...(next !== undefined && { nextToken: String(next.id) }),
    });
  },
};

/** The group's name, from a name or an ARN. */
function groupOf({ logGroupName, logGroupIdentifier }: Input): string | undefined {
  const given = logGroupName ?? logGroupIdentifier;
  return typeof given === 'string' ? given.replace(/^arn:aws:logs:[^:]*:\d*:log-group:/, '') : undefined;
}

const isLimit = (limit: unknown, max: number): limit is number =>
  Number.isSafeInteger(limit) && Number(limit) >= 1 && Number(limit) <= max;
