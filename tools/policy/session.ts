import type { Compare } from './compared.ts';
import type { Output } from './output.ts';
import type { PolicyStore } from './store.ts';
import type { Target } from './target.ts';

/** Everything that a subcommand works with. */
export interface Session {
  readonly target: Target;
  readonly store: PolicyStore;
  readonly compare: Compare;
  readonly output: Output;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after this many milliseconds, or as soon as somebody interrupts. */
  readonly sleep: (ms: number) => Promise<void>;
  /** The id of a new change: 12 hexadecimal digits. */
  readonly newId: () => string;
  /** Whether the person agrees. Rejects if nobody can be asked, and with Interrupted after Ctrl-C. */
  readonly ask: (question: string) => Promise<boolean>;
  /** Ends the wait, and stops before the next put. */
  readonly interrupted: AbortSignal;
  /** The command line that runs this command with other words for the same deployment. */
  readonly call: (words: string) => string;
  /** Whether to wait until a change is in force. */
  readonly wait: boolean;
}

/** What a subcommand has done. */
export interface Outcome {
  readonly status: number;
  /** For programs. */
  readonly json: object;
}

/** Exit status after Ctrl-C. */
export const INTERRUPTED_STATUS = 130;
