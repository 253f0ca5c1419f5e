import { CommandFailure } from '../arguments.ts';
import { createLogs } from '../cloud-watch-logs.ts';
import { takeEndpoint } from '../parameters.ts';
import { patternFor, type RequestReport, reportOf } from './logged-request.ts';
import type { RequestArguments } from './request-arguments.ts';

/** Finds the decision on a request in CloudWatch Logs. A `CommandFailure` says what could not be read. */
export async function explainRequest(args: RequestArguments, now: number): Promise<RequestReport> {
  const { id, logGroups, stack, sinceMs } = args;
  const logs = createLogs(takeEndpoint(args));
  const region = await logs.region();
  const groups = logGroups.length > 0 ? logGroups : ofRequests(stack, await logs.groupsOf(`${stack}-`));
  if (groups.length === 0) {
    throw new CommandFailure(
      `No log group of the stack ${stack} is in ${region}. Give the name of the stack with --stack, another region with --region, or the log group with --log-group.`,
    );
  }
  const from = now - sinceMs;
  const { lines, complete } = await logs.find({ groups, pattern: patternFor(id), from, until: now });
  return reportOf(id, { region, groups, from, until: now, complete }, lines);
}

/**
 * The log groups of a stack with decisions: those of the functions behind the load balancer and API Gateway. The name of
 * another stack may have the same beginning.
 */
export const ofRequests = (stack: string, groups: readonly string[]): string[] =>
  groups.filter((name) =>
    /^(?:Verifier|Authorizer)\w*LogGroup[0-9A-F]{8}(?:-\w+)?$/.test(name.slice(stack.length + 1)),
  );
