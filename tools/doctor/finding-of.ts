import { firstLine } from '../../lambda/io/service-error.ts';
import { CommandFailure } from '../arguments.ts';
import { AwsFailure } from '../aws-call.ts';
import { type Finding, problem, skipped } from './check.ts';

/** A check did not finish in time. */
export class TimeIsUp extends Error {
  override readonly name = 'TimeIsUp';
}

/** The finding for a check that ended with an exception. */
export function findingOf(error: unknown): Finding {
  if (error instanceof AwsFailure) {
    const { detail, remedy, denied } = error.account;
    return denied ? skipped(detail, remedy) : problem(detail, remedy);
  }
  if (error instanceof TimeIsUp) {
    return problem(error.message, 'Check the network and the proxy, then run it again.');
  }
  if (error instanceof CommandFailure) return problem(error.message, 'Put that right, then run it again.');
  const { name, message } = error instanceof Error ? error : { name: 'error', message: String(error) };
  return problem(
    `unexpected ${name}: ${firstLine(message)}`,
    'This is a bug in the check and says nothing about the deployment: please report it.',
  );
}
