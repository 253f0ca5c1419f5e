/** The JSON members of a function's log line. Trust none of them: a client may have chosen some. */
export type LineMembers = Readonly<Record<string, unknown>>;

/** What the function logs about its decision on a request. */
export interface LoggedDecision {
  readonly invocationId: string;
  readonly requestId: string | undefined;
  readonly code: string;
  readonly reason: string | undefined;
  /** The code of the rejection that report-only mode has turned into an allowed request. */
  readonly reported: string | undefined;
  readonly provider: string | undefined;
  readonly route: string | undefined;
  /** Method and name of the MCP message that selected the route. */
  readonly mcp?: string | undefined;
  readonly coldStart: boolean;
}

/** The members of a line; undefined if it is not a JSON object. */
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
