import { createLogs, UnreadableLog } from '../cloud-watch-logs.ts';
import { takeEndpoint } from '../parameters.ts';
import { patternFor, type RequestReport, reportOf } from './logged-request.ts';
import type { RequestArguments } from './request-arguments.ts';

/** Finds in CloudWatch Logs what was decided on a request. An `UnreadableLog` says what could not be read. */
export async function explainRequest(args: RequestArguments, now: number): Promise<RequestReport> {
  const { id, logGroups, stack, sinceMs } = args;
  const logs = createLogs(takeEndpoint(args));
  const region = await logs.region();
  const groups = logGroups.length > 0 ? logGroups : ofRequests(stack, await logs.groupsOf(`${stack}-`));
  if (groups.length === 0) {
    throw new UnreadableLog(
      `${region} has no log group of a stack ${stack}. Name the stack by --stack, another region by --region, or the log group by --log-group.`,
    );
  }
  const from = now - sinceMs;
  const { lines, complete } = await logs.find({ groups, pattern: patternFor(id), from, until: now });
  return reportOf(id, { region, groups, from, until: now, complete }, lines);
}

/**
 * Those log groups of a stack that have decisions: of the functions behind the load balancer and API Gateway. Another stack may
 * have a name that begins the same.
 */
export const ofRequests = (stack: string, groups: readonly string[]): string[] =>
  groups.filter((name) =>
    /^(?:Verifier|Authorizer)\w*LogGroup[0-9A-F]{8}(?:-\w+)?$/.test(name.slice(stack.length + 1)),
  );
