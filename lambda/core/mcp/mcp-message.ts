/**
 * The parts of an MCP message that choose its route:
 * https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
 */
export interface McpMessage {
  /** Undefined for a response, which a client of a revision before 2026-07-28 can send. */
  readonly method: string | undefined;
  /**
   * What the method acts on: a tool, a prompt, a resource's URI or a task; undefined where the message names nothing.
   */
  readonly name: string | undefined;
  /** The member that contains the name. */
  readonly naming: NamingMember | undefined;
}

/** Longest method and name, in characters: more than any server has, and quick to compare. */
export const MAX_NAME = 2048;

/** Members of `params` that name what a method acts on. No message of any revision has two of them. */
export const NAMING_MEMBERS = ['name', 'uri', 'taskId'] as const;
export type NamingMember = (typeof NAMING_MEMBERS)[number];

/**
 * The methods that clients call in any revision and in the tasks extension, with the member that names what each acts
 * on. Where a method has none, servers ignore one that a caller adds, so it must not choose the route.
 */
export const METHODS: ReadonlyMap<string, NamingMember | undefined> = new Map([
  ['completion/complete', undefined],
  ['initialize', undefined],
  ['logging/setLevel', undefined],
  ['notifications/cancelled', undefined],
  ['notifications/initialized', undefined],
  ['notifications/progress', undefined],
  ['notifications/roots/list_changed', undefined],
  ['ping', undefined],
  ['prompts/get', 'name'],
  ['prompts/list', undefined],
  ['resources/list', undefined],
  ['resources/read', 'uri'],
  ['resources/subscribe', 'uri'],
  ['resources/templates/list', undefined],
  ['resources/unsubscribe', 'uri'],
  ['server/discover', undefined],
  ['subscriptions/listen', undefined],
  ['tasks/cancel', 'taskId'],
  ['tasks/get', 'taskId'],
  ['tasks/list', undefined],
  ['tasks/result', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tools/call', 'name'],
  ['tools/list', undefined],
]);
