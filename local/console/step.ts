/** Commands to copy, under a title that says what they do. */
export interface Step {
  readonly title: string;
  readonly commands: readonly string[];
}
