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

/** Whether a call has failed because the credentials may not make it. */
export const isDenied = (error: unknown): boolean => error instanceof AwsFailure && error.account.denied;

/** Whether AWS itself has refused a call, so that nothing came of it. Without an answer nobody knows. */
export function isRefused(error: unknown): boolean {
  if (!(error instanceof AwsFailure)) return false;
  const { $metadata } = (error.cause ?? {}) as { readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return status !== undefined && status < 500;
}
