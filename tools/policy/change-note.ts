/** What the description of a version records about the change that put it. */
export interface ChangeNote {
  /** The same for all parameters that one change has put. */
  readonly id: string;
  /** The version that it replaced; 0 for none. */
  readonly after: number;
  /** The subcommand. */
  readonly by: string;
}

const NOTE = / ?\[change ([0-9a-f]{12}) after version (\d{1,15}) by policy (\w+)\]$/;

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
const MAX_DESCRIPTION = 1024;

export function noteOf(description: string): ChangeNote | undefined {
  const [, id, after, by] = NOTE.exec(description) ?? [];
  return id === undefined || by === undefined ? undefined : { id, after: Number(after), by };
}

/** How a version was put, as it follows its author. */
export const howText = (note: ChangeNote | undefined): string =>
  note === undefined ? 'outside this command' : `with policy ${note.by}`;

/** A description in which the note of a new change replaces that of an earlier one. */
export function describedBy(description: string, { id, after, by }: ChangeNote): string {
  const note = `[change ${id} after version ${after} by policy ${by}]`;
  const text = description.replace(NOTE, '').slice(0, MAX_DESCRIPTION - note.length - 1);
  return `${text} ${note}`.trimStart();
}
