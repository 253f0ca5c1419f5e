import type { Code } from '../../lambda/core/codes.ts';

/**
 * The stages of a decision, in their order. The names are stable, for programs. `assumed` and `rest` are remarks,
 * and `decision` is present only if no other step shows the reason.
 */
export type StepName =
  | 'listener'
  | 'request'
  | 'path'
  | 'document'
  | 'preflight'
  | 'cors'
  | 'route'
  | 'extract'
  | 'origin'
  | 'decode'
  | 'provider'
  | 'assumed'
  | 'header'
  | 'key'
  | 'signature'
  | 'audience'
  | 'binding'
  | 'required-claims'
  | 'identity'
  | 'times'
  | 'revocations'
  | 'mcp'
  | 'authentication'
  | 'scopes'
  | 'claims'
  | 'forward'
  | 'rest'
  | 'decision';

/** One stage of the decision, and its outcome. */
export interface Step {
  readonly name: StepName;
  readonly outcome: 'pass' | 'fail' | 'skip';
  /** With `fail`: the code of the rejection that this stage alone would have caused; none if the load balancer responds. */
  readonly code?: Code;
  readonly text: string;
  /** The most likely cause, and what to do. */
  readonly hints: readonly string[];
}

export const pass = (name: StepName, text: string, hints: readonly string[] = []): Step => ({
  name,
  outcome: 'pass',
  text,
  hints,
});

export const fail = (
  name: StepName,
  { code, reason }: { readonly code: Code; readonly reason: string },
  hints: readonly string[] = [],
): Step => ({ name, outcome: 'fail', code, text: reason, hints });

export const skip = (name: StepName, text: string, hints: readonly string[] = []): Step => ({
  name,
  outcome: 'skip',
  text,
  hints,
});
