import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';

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

export interface Logs {
  readonly region: () => Promise<string>;
  /** The names of the log groups that begin so. */
  readonly groupsOf: (prefix: string) => Promise<string[]>;
  /** The lines that meet the pattern, oldest first, and whether they are all of them. */
  readonly find: (search: LogSearch) => Promise<{ readonly lines: LogLine[]; readonly complete: boolean }>;
}

/** The log could not be read. The message says what it takes. */
export class UnreadableLog extends Error {
  override readonly name = 'UnreadableLog';
}

/** Most lines that a search keeps. One request has a few; more than that are somebody's doing. */
const MAX_LINES = 10_000;

/** Most characters of all of them together. */
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** Reads CloudWatch Logs with the credentials and the region of the environment, as the AWS CLI would. */
export function createLogs(endpoint: URL | undefined): Logs {
  const client = new CloudWatchLogsClient({
    // FilterLogEvents is throttled at a few calls per second and account.
    maxAttempts: 8,
    ...(endpoint !== undefined && { endpoint: endpoint.href }),
  });
  const readable = async <T>(reading: Promise<T>, what: string): Promise<T> => {
    try {
      return await reading;
    } catch (error) {
      const { name, message } = error as Error;
      throw new UnreadableLog(`${what} could not be read: ${name}: ${message}`);
    }
  };

  const groupsOf = async (prefix: string): Promise<string[]> => {
    const names: string[] = [];
    for await (const page of paginateDescribeLogGroups({ client }, { logGroupNamePrefix: prefix })) {
      names.push(...(page.logGroups ?? []).flatMap(({ logGroupName }) => logGroupName ?? []));
    }
    return names;
  };

  /** Adds what a group has; answers whether that is all of it. A page may be empty and yet not the last. */
  const readGroup = async (group: string, search: LogSearch, lines: LogLine[]): Promise<boolean> => {
    let nextToken: string | undefined;
    let size = 0;
    do {
      const { events = [], ...page } = await client.send(
        new FilterLogEventsCommand({
          logGroupName: group,
          filterPattern: search.pattern,
          startTime: search.from,
          endTime: search.until,
          nextToken,
        }),
      );
      for (const { logStreamName: stream = '', timestamp: at = 0, message: text = '' } of events) {
        size += text.length;
        if (lines.length === MAX_LINES || size > MAX_CHARACTERS) return false;
        lines.push({ group, stream, at, text });
      }
      if (page.nextToken !== undefined && page.nextToken === nextToken) return false;
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return true;
  };

  return {
    region: () => readable(Promise.resolve(client.config.region()), 'The region'),
    groupsOf: (prefix) => readable(groupsOf(prefix), `The names of log groups (logs:DescribeLogGroups)`),
    async find(search) {
      const lines: LogLine[] = [];
      let complete = true;
      for (const group of search.groups) {
        const read = readGroup(group, search, lines);
        complete = (await readable(read, `The log group ${group} (logs:FilterLogEvents)`)) && complete;
      }
      return { lines: lines.sort((one, other) => one.at - other.at), complete };
    },
  };
}
