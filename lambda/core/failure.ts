import type { Code } from './codes.ts';

/**
 * Why a stage of the pipeline says no. The code goes to the caller; the reason goes to the log only, and may
 * name configured values and verified claims, never anything of a token that is not verified.
 */
export interface Failure {
  readonly code: Code;
  readonly reason: string;
}

/** What is decided where a bug prevented the decision. */
export const BUG = {
  code: 'internal_error',
  reason: 'see the error logged before',
} as const satisfies Failure;
