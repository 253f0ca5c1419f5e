import { CommandFailure } from './arguments.ts';
import { type AwsCall, type AwsErrorAccount, awsErrorAccount, endpointOf } from './aws-errors.ts';

/** A call to AWS has failed. The message says which, why and what to do; the cause is the error itself. */
export class AwsFailure extends CommandFailure {
  override readonly name = 'AwsFailure';
  readonly account: AwsErrorAccount;

  constructor(account: AwsErrorAccount, cause: unknown) {
    super(`${account.detail} ${account.remedy}`, { cause });
    this.account = account;
  }
}

/** Waits for a call of the SDK, and accounts for its failure in one line. `endpoint` is what an argument gave. */
export async function awsCall<T>(
  about: Omit<AwsCall, 'endpoint' | 'profile'>,
  endpoint: string | undefined,
  call: Promise<T>,
): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    const account = awsErrorAccount(cause, {
      ...about,
      endpoint: endpointOf(endpoint, about.service, process.env),
      profile: process.env.AWS_PROFILE,
    });
    throw new AwsFailure(account, cause);
  }
}
