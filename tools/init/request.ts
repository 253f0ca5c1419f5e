import type { LocalStack } from './local-stack.ts';
import type { Given } from './questions.ts';

/** What the command line asks init to do. */
export interface Request {
  /** Empty for the authorization server of the laptop stack. */
  readonly issuers: readonly string[];
  readonly provider: string | undefined;
  readonly given: Given;
  readonly output: string;
  /** Whether an existing file is replaced. */
  readonly force: boolean;
  /** Whether the issuer is not contacted. */
  readonly offline: boolean;
  /** Prefix of the parameters, if it is not the deployment's default. */
  readonly path: string | undefined;
  readonly local: LocalStack | undefined;
}
