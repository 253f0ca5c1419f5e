import { type Code, entryOf } from '../../lambda/core/codes.ts';
import type { JsonObject } from '../../lambda/core/jwt/decode.ts';
import type { LogLine } from '../cloud-watch-logs.ts';
import { REMEDIES } from '../code-accounts/account.ts';
import { CODE_ACCOUNTS, entryInDocs } from '../code-accounts.ts';

/** The members of a line that name its request. In the last one, the ID may be part of a text that a client wrote. */
const ID_MEMBERS = ['requestId', 'extendedRequestId', 'invocationId', 'traceId'] as const;

type IdMember = (typeof ID_MEMBERS)[number];

/** A line with the ID. Treat all of it as data: a client may have chosen some of it. */
export interface FoundLine extends LogLine {
  readonly knownAs: readonly IdMember[];
  /** Undefined if the line is no JSON object. */
  readonly members: JsonObject | undefined;
}

/** What a code means and what to do about it. */
export interface CodeMeaning {
  readonly code: Code;
  readonly status: number;
  readonly toldToCaller: string;
  readonly operator: string;
  readonly whatHelps: string;
  readonly docs: string;
}

export interface FoundDecision {
  readonly line: FoundLine;
  /** For the code, or for the one that a report-only route would have responded with; undefined for an unknown code. */
  readonly meaning: CodeMeaning | undefined;
  /** Other lines of the same invocation. */
  readonly further: readonly FoundLine[];
}

/** Everything that the log says about a request ID. */
export interface RequestReport {
  readonly id: string;
  readonly searched: {
    readonly region: string;
    readonly groups: readonly string[];
    /** Milliseconds since the epoch. */
    readonly from: number;
    readonly until: number;
    /** Whether every line with the ID is here. */
    readonly complete: boolean;
  };
  /** Oldest first. More than one if an id was used more than once. */
  readonly decisions: readonly FoundDecision[];
  /** Lines with the ID that belong to no decision. */
  readonly others: readonly FoundLine[];
}

/** The filter pattern for every line that names the request. An ID has a strict form, so it needs no escaping. */
export const patternFor = (id: string): string =>
  `{ ${ID_MEMBERS.map((name) => `($.${name} = "${name === 'traceId' ? `*${id}*` : id}")`).join(' || ')} }`;

export function reportOf(
  id: string,
  searched: RequestReport['searched'],
  lines: readonly LogLine[],
): RequestReport {
  const found = lines.map((line) => foundLine(line, id));
  const isDecision = ({ members }: FoundLine) => members?.message === 'decision';
  const invocationOf = ({ members }: FoundLine) => members?.invocationId;
  const rest = new Set(found.filter((line) => !isDecision(line)));
  const decisions = found.filter(isDecision).map((line): FoundDecision => {
    const invocation = invocationOf(line);
    const further = [...rest].filter(
      (other) => invocation !== undefined && invocationOf(other) === invocation,
    );
    for (const other of further) rest.delete(other);
    return { line, meaning: meaningOf(line.members), further };
  });
  return { id, searched, decisions, others: [...rest] };
}

function foundLine(line: LogLine, id: string): FoundLine {
  const members = parseMembers(line.text);
  const knownAs = ID_MEMBERS.filter((name) => {
    const value = members?.[name];
    return name === 'traceId' ? typeof value === 'string' && value.includes(id) : value === id;
  });
  return { ...line, knownAs, members };
}

function parseMembers(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

function meaningOf(members: JsonObject | undefined): CodeMeaning | undefined {
  const named = members?.code === 'allowed' ? members.reported : members?.code;
  if (typeof named !== 'string' || !Object.hasOwn(CODE_ACCOUNTS, named)) return undefined;
  const code = named as Code;
  const { status, detail } = entryOf(code);
  const { operator, remedy } = CODE_ACCOUNTS[code];
  const whatHelps = `${remedy} (${REMEDIES[remedy]})`;
  return { code, status, toldToCaller: detail, operator, whatHelps, docs: entryInDocs(code) };
}

/** When a trace ID was created, according to the ID itself, in milliseconds since the epoch. */
export function timeOfId(id: string): number | undefined {
  const [, seconds] = /^1-([0-9a-f]{8})-/.exec(id) ?? [];
  return seconds === undefined ? undefined : Number.parseInt(seconds, 16) * 1000;
}
