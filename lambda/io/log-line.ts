/**
 * A line with the members that Powertools' logger gives it, time in UTC, for the one line that each request has:
 * there the library takes several times what the decision does. Of what the library can be told by its environment
 * only the level counts here.
 */
export function logLine(
  service: string,
  level: string,
  message: string,
  fields: object,
  tracingHeader = '',
): string {
  const line = {
    level,
    message,
    timestamp: new Date().toISOString(),
    service,
    sampling_rate: 0,
    xray_trace_id: ROOT.exec(tracingHeader)?.[1],
    ...fields,
  };
  return `${bounded(line)}\n`;
}

/** Longest line, in bytes: what callers send must not make the log of a request dearer than the request. */
const MAX_LINE_BYTES = 4096 - 1;

/** A text, or its beginning and how long it is. */
export const cut = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max).toWellFormed()}… (${text.length} characters)`;

/** As JSON, with texts cut as far as it takes: characters that JSON escapes take up to six bytes each. */
function bounded(line: object): string {
  const json = JSON.stringify(line);
  // A UTF-16 code unit is three bytes at the most.
  if (json.length * 3 <= MAX_LINE_BYTES || Buffer.byteLength(json) <= MAX_LINE_BYTES) return json;
  for (const max of [512, 256, 128, 64, 32]) {
    const shorter = JSON.stringify(line, (_, value: unknown) =>
      typeof value === 'string' ? cut(value, max) : value,
    );
    if (Buffer.byteLength(shorter) <= MAX_LINE_BYTES) return shorter;
  }
  const { level, message, timestamp, requestId } = line as Readonly<Record<string, unknown>>;
  return JSON.stringify({ level, message, timestamp, requestId, tooLong: true });
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
const ROOT = /(?:^|;)Root=([^;]*)/;
