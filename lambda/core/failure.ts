import type { Code } from './codes.ts';

/**
 * Why a stage of the pipeline rejects a request. The code goes to the caller. The reason goes to the log only: it may
 * name configured values and verified claims, but must not contain unverified parts of a token.
 */
export interface Failure {
  readonly code: Code;
  readonly reason: string;
}

/** The result when a bug prevented the decision. */
export const BUG = {
  code: 'internal_error',
  reason: 'see the error logged before',
} as const satisfies Failure;
