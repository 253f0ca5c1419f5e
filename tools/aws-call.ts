import { CommandFailure } from './arguments.ts';
import { type AwsCall, type AwsErrorAccount, awsErrorAccount, endpointOf } from './aws-errors.ts';

/** A failed call to AWS. The message says which call failed, why, and what to do. The cause is the original error. */
export class AwsFailure extends CommandFailure {
  override readonly name = 'AwsFailure';
  readonly account: AwsErrorAccount;

  constructor(account: AwsErrorAccount, cause: unknown) {
    super(`${account.detail} ${account.remedy}`, { cause });
    this.account = account;
  }
}

/** Waits for a call of the SDK. A failure is explained in one line. `endpoint` is the one that an argument gave. */
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

/** Whether a call failed because the credentials are not allowed to make it. */
export const isDenied = (error: unknown): boolean => error instanceof AwsFailure && error.account.denied;

/** Whether AWS itself rejected a call, so that it had no effect. Without a response, that is unknown. */
export function isRejected(error: unknown): boolean {
  if (!(error instanceof AwsFailure)) return false;
  const { $metadata } = (error.cause ?? {}) as { readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return status !== undefined && status < 500;
}
