/** Commands to copy, and what they are for. */
export interface Step {
  readonly title: string;
  readonly commands: readonly string[];
}
