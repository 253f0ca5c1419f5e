import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Answer, Field } from './contract.ts';
import { RefusedCall } from './refused-call.ts';

/** How much of a body is kept, in bytes. */
const MAX_BODY = 256 * 1024;

const TIMEOUT_MS = 60_000;

export interface Outgoing {
  readonly method: string;
  /** Path and query, sent unchanged. */
  readonly target: string;
  readonly headers: readonly Field[];
  readonly body: string;
}

/**
 * Sends a request to an origin of the stack; the target is only what follows the origin. Paths, header fields and their letter case
 * go out unchanged, which no browser would do.
 */
export async function exchange(origin: string, { method, target, headers, body }: Outgoing): Promise<Answer> {
  const { hostname, port, host } = new URL(origin);
  const begun = performance.now();
  const has = (name: string) => headers.some(([given]) => given.toLowerCase() === name);
  const bytes = Buffer.from(body);
  const fields = [
    ...(has('host') ? [] : [['Host', host] as const]),
    ...headers,
    ...(bytes.length === 0 || has('content-length')
      ? []
      : [['Content-Length', String(bytes.length)] as const]),
  ];
  if (!target.startsWith('/')) throw new RefusedCall('The path must begin with a slash.');
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(new RefusedCall(`The request was not answered: ${error.message}`));
    try {
      const request = httpRequest({
        hostname,
        port,
        method,
        path: target,
        headers: fields.flat(),
        agent: false,
        timeout: TIMEOUT_MS,
      });
      request.on('timeout', () => request.destroy(new Error(`it took more than ${TIMEOUT_MS / 1000} s`)));
      request.on('error', fail);
      request.on('response', (response) => {
        read(response).then(
          (answer) => resolve({ ...answer, milliseconds: Math.round(performance.now() - begun) }),
          fail,
        );
      });
      request.end(bytes);
    } catch (error) {
      // Node.js refuses what is not valid HTTP.
      reject(new RefusedCall(`The request cannot be sent: ${(error as Error).message}`));
    }
  });
}

async function read(response: IncomingMessage): Promise<Omit<Answer, 'milliseconds'>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (size < MAX_BODY) chunks.push(chunk);
    size += chunk.length;
  }
  const bytes = Buffer.concat(chunks).subarray(0, MAX_BODY);
  const text = bytes.toString('utf8');
  const cut = size > MAX_BODY;
  // The cut may be in the middle of a character.
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
