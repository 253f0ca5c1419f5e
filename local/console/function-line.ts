/** A line of a function's log, as members of its JSON. All of it is data: a client may have chosen some. */
export type LineMembers = Readonly<Record<string, unknown>>;

/** What the function says of its decision on a request. */
export interface LoggedDecision {
  readonly invocationId: string;
  readonly requestId: string | undefined;
  readonly code: string;
  readonly reason: string | undefined;
  /** The code of what a report-only route has let through. */
  readonly reported: string | undefined;
  readonly provider: string | undefined;
  readonly route: string | undefined;
  /** Method and name of the MCP message by which the route was taken. */
  readonly mcp?: string | undefined;
  readonly coldStart: boolean;
}

/** The members of a line; undefined where it is no JSON object. */
export function membersOf(line: string): LineMembers | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as LineMembers) : undefined;
  } catch {
    return undefined;
  }
}

export function decisionIn(members: LineMembers): LoggedDecision | undefined {
  const text = (name: string) => {
    const value = members[name];
    return typeof value === 'string' ? value : undefined;
  };
  const [invocationId, code] = [text('invocationId'), text('code')];
  if (members.message !== 'decision' || invocationId === undefined || code === undefined) return undefined;
  return {
    invocationId,
    code,
    requestId: text('requestId'),
    reason: text('reason'),
    reported: text('reported'),
    provider: text('provider'),
    route: text('route'),
    mcp: [text('mcpMethod'), text('mcpName')].filter(Boolean).join(' ') || undefined,
    coldStart: members.coldStart === true,
  };
}
