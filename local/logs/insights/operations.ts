import { randomUUID } from 'node:crypto';
import type { AwsJsonResult, Input } from '../../aws-api/service.ts';
import { fail, invalid, noGroup, succeed } from '../results.ts';
import type { LogStore } from '../store.ts';
import { rowOf } from './event.ts';
import { parseQuery } from './query.ts';
import { QueryError } from './tokens.ts';

/** How many finished queries are kept; the oldest are dropped first. */
const MAX_KEPT = 100;

/**
 * Queries of Logs Insights. A query is complete as soon as it has started.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
 */
export function createQueryOperations(store: LogStore) {
  const finished = new Map<string, ReturnType<ReturnType<typeof parseQuery>>>();

  return {
    StartQuery({ logGroupName, logGroupNames, startTime, endTime, queryString }: Input): AwsJsonResult {
      const groups: readonly unknown[] = Array.isArray(logGroupNames) ? logGroupNames : [logGroupName];
      if (typeof startTime !== 'number' || typeof endTime !== 'number') {
        return invalid('The start and the end must be seconds since the epoch.');
      }
      if (groups.some((group) => !store.groups().some(([name]) => name === group))) return noGroup();
      const lines = groups
        .flatMap((group) => store.eventsOf(String(group)))
        .filter(({ timestamp }) => timestamp >= startTime * 1000 && timestamp < (endTime + 1) * 1000)
        .toSorted((one, other) => one.id - other.id);
      try {
        const run = parseQuery(String(queryString));
        const queryId = randomUUID();
        finished.set(queryId, run(lines.map(({ timestamp, message }) => rowOf(timestamp, message))));
        const [oldest] = finished.keys();
        if (finished.size > MAX_KEPT && oldest !== undefined) finished.delete(oldest);
        return succeed({ queryId });
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        return fail(
          'MalformedQueryException',
          `${error.message}. The local CloudWatch Logs supports fields, filter, stats, sort and limit.`,
        );
      }
    },

    GetQueryResults({ queryId }: Input): AwsJsonResult {
      const results = finished.get(String(queryId));
      if (results === undefined) return fail('ResourceNotFoundException', `There is no query ${queryId}.`);
      return succeed({
        status: 'Complete',
        results: results.map((row) => row.map(([field, value]) => ({ field, value }))),
      });
    },
  };
}
