import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { awsCall } from './aws-call.ts';

/** A line of a log, as CloudWatch Logs has it. */
export interface LogLine {
  readonly group: string;
  readonly stream: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

export interface LogSearch {
  readonly groups: readonly string[];
  readonly pattern: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

/** Each call rejects with an AwsFailure if the log cannot be read. */
export interface Logs {
  readonly region: () => Promise<string>;
  /** The names of the log groups that begin with the prefix. */
  readonly groupsOf: (prefix: string) => Promise<string[]>;
  /** The lines that match the pattern, oldest first, and whether these are all. */
  readonly find: (search: LogSearch) => Promise<{ readonly lines: LogLine[]; readonly complete: boolean }>;
}

/**
 * Maximum number of lines that a search keeps per group, so that lines written to one cannot hide what is in another. One
 * request has a few; only an attacker makes more.
 */
const MAX_LINES = 10_000;

/** Maximum number of characters that a search keeps per group. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** For one call, with all its attempts, in ms. */
const TIMEOUT_MS = 60_000;

/** Reads CloudWatch Logs with the credentials and the region of the environment, as the AWS CLI would. */
export function createLogs(endpoint: URL | undefined, timeoutMs = TIMEOUT_MS): Logs {
  const client = new CloudWatchLogsClient({
    // FilterLogEvents is throttled at a few calls per second for each account.
    maxAttempts: 8,
    ...(endpoint !== undefined && { endpoint: endpoint.href }),
  });
  const inTime = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });
  const readable = <T>(reading: Promise<T>, what: string, action: string): Promise<T> =>
    awsCall({ what, service: 'CloudWatch Logs', action }, endpoint?.origin, reading);

  /** Reads pages until one has no token, or a token seen before. Returns whether that was the last page. */
  const eachPage = async (
    read: (token: string | undefined) => Promise<string | undefined>,
  ): Promise<boolean> => {
    const seen = new Set<string>();
    for (let token = await read(undefined); token !== undefined; token = await read(token)) {
      if (seen.has(token)) return false;
      seen.add(token);
    }
    return true;
  };

  const groupsOf = async (prefix: string): Promise<string[]> => {
    const names: string[] = [];
    await eachPage(async (nextToken) => {
      const page = await client.send(
        new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix, nextToken }),
        inTime(),
      );
      names.push(...(page.logGroups ?? []).flatMap(({ logGroupName }) => logGroupName ?? []));
      return page.nextToken;
    });
    return names;
  };

  /** A page can be empty without being the last. */
  const linesOf = async (group: string, { pattern, from, until }: LogSearch) => {
    const lines: LogLine[] = [];
    let size = 0;
    let full = false;
    const last = await eachPage(async (nextToken) => {
      const { events = [], ...page } = await client.send(
        new FilterLogEventsCommand({
          logGroupName: group,
          filterPattern: pattern,
          startTime: from,
          endTime: until,
          nextToken,
        }),
        inTime(),
      );
      for (const { logStreamName: stream = '', timestamp: at = 0, message: text = '' } of events) {
        size += text.length;
        full = lines.length === MAX_LINES || size > MAX_CHARACTERS;
        if (full) return undefined;
        lines.push({ group, stream, at, text });
      }
      return page.nextToken;
    });
    return { lines, complete: last && !full };
  };

  return {
    region: () => readable(Promise.resolve(client.config.region()), 'The log', 'logs:DescribeLogGroups'),
    groupsOf: (prefix) =>
      readable(groupsOf(prefix), `The names of the log groups ${prefix}*`, 'logs:DescribeLogGroups'),
    async find(search) {
      const found = [];
      for (const group of new Set(search.groups)) {
        found.push(await readable(linesOf(group, search), `The log group ${group}`, 'logs:FilterLogEvents'));
      }
      return {
        lines: found.flatMap(({ lines }) => lines).sort((one, other) => one.at - other.at),
        complete: found.every(({ complete }) => complete),
      };
    },
  };
}
