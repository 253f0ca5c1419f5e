import type { Parse } from './parse.ts';

/** A context value (`-c name=value`) that the app takes. */
export interface Option {
  /** What the option does, for the table of docs/options.md and for people who read the source. */
  readonly description: string;
  /** `undefined` where the option may be left out. */
  readonly default: unknown;
  readonly parse: Parse<unknown>;
}
