import type { Code } from '../../lambda/core/codes.ts';

/** One stage of the decision, and how it came out. */
export interface Step {
  readonly name: string;
  readonly outcome: 'pass' | 'fail' | 'skip';
  /** With `fail`: the code of the rejection that this stage alone would have brought about. */
  readonly code?: Code;
  readonly text: string;
  /** What most likely lies behind it, and what to do. */
  readonly hints: readonly string[];
}

export const pass = (name: string, text: string, hints: readonly string[] = []): Step => ({
  name,
  outcome: 'pass',
  text,
  hints,
});

export const fail = (
  name: string,
  { code, reason }: { readonly code: Code; readonly reason: string },
  hints: readonly string[] = [],
): Step => ({ name, outcome: 'fail', code, text: reason, hints });

export const skip = (name: string, text: string): Step => ({ name, outcome: 'skip', text, hints: [] });
