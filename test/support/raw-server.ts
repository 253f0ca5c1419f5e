import { createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';

/** The behaviour of a raw server on one connection, which reads and writes HTTP as bytes. */
export type Conversation = (connection: Connection) => void | Promise<void>;

export interface Connection {
  readonly socket: Socket;
  /** The number of the connection, from 1. */
  readonly number: number;
  /** The bytes of the next whole request: head, and body according to Content-Length. Empty if the client disconnected. */
  readonly request: () => Promise<Buffer>;
  readonly write: (bytes: string | Uint8Array) => void;
  /** Resets the connection instead of closing it. */
  readonly reset: () => void;
}

export interface RawServer {
  readonly url: URL;
  /** Every request so far, as latin1 text, without the `Connection: keep-alive` that Node.js 20 adds. */
  readonly requests: string[];
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

/** A TCP server that sends exactly the given bytes, on a loopback port that the system chooses. */
export async function startRawServer(conversation: Conversation): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    count += 1;
    const request = requestReader(socket);
    void conversation({
      socket,
      number: count,
      request: async () => {
        const bytes = await request();
        const text = bytes.toString('latin1').replace('\r\nConnection: keep-alive\r\n', '\r\n');
        if (bytes.length > 0) requests.push(text);
        return bytes;
      },
      write: (bytes) => void socket.write(bytes),
      reset: () => void socket.resetAndDestroy(),
    });
  });
  const url = await listen(server);
  return {
    url,
    requests,
    connections: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Responds to the first request of each connection with these bytes. */
export const respondingWith =
  (bytes: string | Uint8Array): Conversation =>
  async ({ request, write }) => {
    await request();
    write(bytes);
  };

/** An address where nothing listens. */
export async function refusedUrl(): Promise<URL> {
  return new URL(`http://127.0.0.1:${await freePort()}`);
}

function listen(server: Server): Promise<URL> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve(new URL(`http://127.0.0.1:${port}`));
    });
  });
}

function requestReader(socket: Socket): () => Promise<Buffer> {
  let pending = Buffer.alloc(0);
  let ended = false;
  let wake = () => {};
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    wake();
  });
  const end = () => {
    ended = true;
    wake();
  };
  socket.on('end', end);
  socket.on('close', end);
  return async () => {
    for (;;) {
      const length = requestLength(pending);
      if (length !== undefined && pending.length >= length) {
        const bytes = pending.subarray(0, length);
        pending = pending.subarray(length);
        return bytes;
      }
      if (ended) return Buffer.alloc(0);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

function requestLength(bytes: Buffer): number | undefined {
  const head = bytes.indexOf('\r\n\r\n');
  if (head === -1) return undefined;
  const contentLength = /^content-length: *(\d+)/im.exec(bytes.toString('latin1', 0, head))?.[1] ?? '0';
  return head + 4 + Number(contentLength);
}

/** The bytes of a response with a length. */
export function response(body = '', { status = '200 OK', headers = [] as readonly string[] } = {}): string {
  const lines = [`HTTP/1.1 ${status}`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`, '', body];
  return lines.join('\r\n');
}
