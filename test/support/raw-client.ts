import { connect } from 'node:net';

/** A response as it arrived. */
export interface RawResponse {
  readonly status: number;
  readonly reason: string;
  /** In order, with names as sent and values as latin1. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  /** The values of a header; the case of its name does not matter. */
  readonly values: (name: string) => string[];
}

/**
 * Sends one request with the given header lines, and adds Host and Connection: close. Returns
 * everything that arrives until the server closes.
 */
export async function rawCall(
  port: number,
  lines: readonly string[],
  body: Uint8Array = new Uint8Array(),
): Promise<RawResponse> {
  const head = [...lines, 'Host: localhost', 'Connection: close', '', ''].join('\r\n');
  const bytes = await exchangeBytes(port, Buffer.concat([Buffer.from(head, 'latin1'), body]));
  return parse(bytes);
}

function exchangeBytes(port: number, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks)));
    socket.write(bytes);
  });
}

function parse(bytes: Buffer): RawResponse {
  const end = bytes.indexOf('\r\n\r\n');
  if (bytes.toString('latin1', 0, 10) === 'HTTP/1.1 1') return parse(bytes.subarray(end + 4));
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const [, status, reason = ''] = /^HTTP\/1\.1 (\d{3}) ?(.*)$/.exec(statusLine) ?? [];
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const values = (wanted: string) =>
    headers.flatMap(([name, value]) => (name.toLowerCase() === wanted ? [value] : []));
  return { status: Number(status), reason, headers, values, body: bytes.subarray(end + 4) };
}
