import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { HeaderList } from '../../lambda/core/http/message.ts';

export interface RecordedRequest {
  readonly method: string;
  /** The request target as it arrived. */
  readonly target: string;
  /** Header fields in order, with the names as sent. */
  readonly headers: HeaderList;
  readonly body: Buffer;
}

type Reply = (request: RecordedRequest, response: ServerResponse) => void;

/** An upstream that records every request, on a loopback port that the system chooses. */
export async function startRecordingUpstream(
  reply: Reply = (_request, response) => response.setHeader('content-type', 'text/plain').end('ok'),
) {
  const received: RecordedRequest[] = [];
  const server = createServer(async (incoming: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = '', url: target = '', rawHeaders } = incoming;
    const headers: [string, string][] = [];
    for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
      headers.push([String(rawHeaders[i]), String(rawHeaders[i + 1])]);
    }
    const request = { method, target, headers, body: Buffer.concat(chunks) };
    received.push(request);
    reply(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export type RecordingUpstream = Awaited<ReturnType<typeof startRecordingUpstream>>;

/** The values of a field in a recorded request; the case of its name does not matter. */
export const valuesOf = ({ headers }: RecordedRequest, name: string): string[] =>
  headers.flatMap(([key, value]) => (key.toLowerCase() === name ? [value] : []));
