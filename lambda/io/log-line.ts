import { types } from 'node:util';
import type { Variables } from './environment.ts';

/** Severity of each level, as in Powertools' logger. */
export const LEVELS = {
  TRACE: 6,
  DEBUG: 8,
  INFO: 12,
  WARN: 16,
  ERROR: 20,
  CRITICAL: 24,
  SILENT: 28,
} as const;

export type Level = keyof typeof LEVELS;

/** Lambda's own setting takes precedence over Powertools', and has another name for CRITICAL. */
export function levelOf(variables: Variables): number {
  const fromLambda = variables.AWS_LAMBDA_LOG_LEVEL;
  const names = [
    fromLambda === 'FATAL' ? 'CRITICAL' : fromLambda,
    variables.POWERTOOLS_LOG_LEVEL || variables.LOG_LEVEL,
  ];
  const name = names.find((candidate) => candidate !== undefined && Object.hasOwn(LEVELS, candidate));
  return LEVELS[(name ?? 'INFO') as Level];
}

/** The head of a log line, before its fields. */
export interface LineHead {
  readonly service: string;
  readonly level: Level;
  readonly message: string;
  /** See Environment. */
  readonly tracingHeader?: string | undefined;
}

/**
 * A line with the members that Powertools' logger writes, time in UTC. The library itself would be a sixth of the
 * bundle, take 5 ms of each cold start, and take several times as long as a decision.
 */
export const logLine = (head: LineHead, fields: object): string =>
  `${JSON.stringify(lineOf(head, fields))}\n`;

/** The same, cut to 4 KB: logging a request must not cost more than the request, whatever callers send. */
export const boundedLogLine = (head: LineHead, fields: object): string =>
  `${bounded(lineOf(head, fields))}\n`;

function lineOf({ service, level, message, tracingHeader = '' }: LineHead, fields: object): object {
  return {
    level,
    message,
    timestamp: new Date().toISOString(),
    service,
    sampling_rate: 0,
    xray_trace_id: ROOT.exec(tracingHeader)?.[1],
    ...fields,
  };
}

/**
 * An error in a log line: as in Powertools' logger, but with only those of its own members that are plain values, and
 * with a limited chain of causes.
 */
export function errorFields(error: unknown, depth = 0): unknown {
  if (!types.isNativeError(error))
    return error === undefined || PLAIN.has(typeof error) ? error : 'not an Error';
  const { name, message, stack = '', cause } = error;
  const [, file, line] = /\(([^()]*?):(\d+):\d+\)$/m.exec(stack) ?? [];
  const own = Object.entries(error).filter(([, value]) => PLAIN.has(typeof value));
  return {
    ...Object.fromEntries(own),
    name,
    location: file === undefined ? '' : `${file}:${line}`,
    message,
    stack,
    cause: depth < MAX_CAUSES ? errorFields(cause, depth + 1) : undefined,
  };
}

const PLAIN = new Set(['string', 'number', 'boolean']);

/** A limit, because an error can be its own cause. */
const MAX_CAUSES = 4;

/** Longest line of a request, in bytes. */
export const MAX_LINE_BYTES = 4096 - 1;

/** A text, or its beginning and its length. */
export const cut = (text: string, max: number): string =>
  text.length <= max
    ? text.toWellFormed()
    : `${text.slice(0, max).toWellFormed()}… (${text.length} characters)`;

/** The members that a line is found by, and its essence: never a client's own text, and never cut. */
const ESSENCE = [
  'level',
  'message',
  'timestamp',
  'service',
  'code',
  'status',
  'outcome',
  'requestId',
  'extendedRequestId',
  'invocationId',
] as const;

/** As JSON, with texts cut as far as necessary: characters that JSON escapes take up to six bytes each. */
function bounded(line: object): string {
  const json = JSON.stringify(line);
  // A UTF-16 code unit takes at most three bytes.
  if (json.length * 3 <= MAX_LINE_BYTES || Buffer.byteLength(json) <= MAX_LINE_BYTES) return json;
  const members = line as Readonly<Record<string, unknown>>;
  const essence = Object.fromEntries(ESSENCE.map((name) => [name, members[name]]));
  for (const max of [2048, 1024, 512, 256, 128, 64, 32]) {
    const short = JSON.stringify(line, (_, value: unknown) =>
      typeof value === 'string' ? cut(value, max) : value,
    );
    if (Buffer.byteLength(short) > MAX_LINE_BYTES) continue;
    const whole = JSON.stringify({ ...(JSON.parse(short) as object), ...essence });
    if (Buffer.byteLength(whole) <= MAX_LINE_BYTES) return whole;
  }
  return JSON.stringify({ ...essence, tooLong: true });
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
const ROOT = /(?:^|;)Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/;
