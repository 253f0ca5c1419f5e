import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Field, ReceivedResponse } from './contract.ts';
import { RejectedCall } from './rejected-call.ts';

/** How many bytes of a body are kept. */
const MAX_BODY = 256 * 1024;

const TIMEOUT_MS = 60_000;

export interface Outgoing {
  readonly method: string;
  /** Path and query, sent unchanged. */
  readonly target: string;
  readonly headers: readonly Field[];
  readonly body: string;
}

/** Adds the header fields that HTTP requires, unless the request has its own. */
export function completeFields(
  origin: string,
  { method, headers, body }: Pick<Outgoing, 'method' | 'headers' | 'body'>,
): Field[] {
  const has = (name: string) => headers.some(([given]) => given.toLowerCase() === name);
  const length = Buffer.byteLength(body);
  // With other methods, a request without a body says so (RFC 9110 §8.6); Node.js would send an empty chunked body.
  const isMute = length === 0 && /^(?:GET|HEAD|DELETE|OPTIONS|TRACE|CONNECT)$/i.test(method);
  return [
    ...(has('host') ? [] : [['Host', new URL(origin).host] as const]),
    ...headers,
    ...(isMute || has('content-length') || has('transfer-encoding')
      ? []
      : [['Content-Length', String(length)] as const]),
  ];
}

/**
 * Sends a request to an origin of the stack; the target can only be a path and query there. Unlike a browser, sends path, header
 * fields and their letter case unchanged. The fields must be complete.
 */
export async function exchange(
  origin: string,
  { method, target, headers, body }: Outgoing,
): Promise<ReceivedResponse> {
  const { hostname, port } = new URL(origin);
  const begun = performance.now();
  if (!target.startsWith('/')) throw new RejectedCall('The path must begin with a slash.');
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(new RejectedCall(`The request got no response: ${error.message}`));
    try {
      const request = httpRequest({
        hostname,
        port,
        method,
        path: target,
        headers: headers.flat(),
        agent: false,
        timeout: TIMEOUT_MS,
      });
      request.on('timeout', () => request.destroy(new Error(`it took more than ${TIMEOUT_MS / 1000} s`)));
      request.on('error', fail);
      const take = (response: IncomingMessage) => {
        read(response).then(
          (arrived) => resolve({ ...arrived, milliseconds: Math.round(performance.now() - begun) }),
          fail,
        );
      };
      request.on('response', take);
      // For these, Node.js hands over the connection as a tunnel and emits no response event.
      for (const event of ['connect', 'upgrade'] as const) {
        request.on(event, (response, socket) => {
          socket.destroy();
          take(response);
        });
      }
      request.end(body);
    } catch (error) {
      // Node.js refuses to send invalid HTTP.
      reject(new RejectedCall(`Node.js cannot send this request: ${(error as Error).message}`));
    }
  });
}

async function read(response: IncomingMessage): Promise<Omit<ReceivedResponse, 'milliseconds'>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (size < MAX_BODY) chunks.push(chunk);
    size += chunk.length;
  }
  const bytes = Buffer.concat(chunks).subarray(0, MAX_BODY);
  const text = bytes.toString('utf8');
  const cut = size > MAX_BODY;
  // The cut may split a character, so the comparison would fail for text.
  const isText = cut ? !text.includes('\0') : Buffer.from(text).equals(bytes);
  const raw = response.rawHeaders;
  return {
    status: response.statusCode ?? 0,
    headers: raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : [])),
    body: isText ? text : bytes.toString('base64'),
    bodyEncoding: isText ? 'utf8' : 'base64',
    cut,
  };
}
