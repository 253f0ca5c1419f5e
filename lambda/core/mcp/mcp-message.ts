/** What routes are chosen by: https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http */
export interface McpMessage {
  /** Undefined for a response, which a client of a revision before 2026-07-28 can send. */
  readonly method: string | undefined;
  /** What the method is for: a tool, a prompt, a resource's URI or a task; undefined where the message names none. */
  readonly name: string | undefined;
  /** The member that has the name. */
  readonly naming: NamingMember | undefined;
}

/** Longest method, name, and name of a member of the message, in characters: more than any server has, and quick to compare. */
export const MAX_NAME = 2048;

/** Members of `params` that name what a method is for. No message of any revision has two of them. */
export const NAMING_MEMBERS = ['name', 'uri', 'taskId'] as const;
export type NamingMember = (typeof NAMING_MEMBERS)[number];
