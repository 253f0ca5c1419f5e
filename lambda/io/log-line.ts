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
  return `${JSON.stringify(line)}\n`;
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
const ROOT = /(?:^|;)Root=([^;]*)/;
