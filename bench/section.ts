/** What every part of the benchmarks is told. */
export interface SectionOptions {
  /** Fewer rounds: enough to see that it works, not to quote. */
  readonly quick: boolean;
}
