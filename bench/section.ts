export interface SectionOptions {
  /** Runs fewer rounds: enough to see that it works, but not for figures to quote. */
  readonly quick: boolean;
}
