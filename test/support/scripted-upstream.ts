import { type Connection, response, startRawServer } from './raw-server.ts';

/** The upstream's behaviour for one request. */
export type Script = (connection: Connection, request: Buffer) => void | Promise<void>;

/**
 * An upstream on raw sockets. Tests can change its behaviour between requests, on kept-alive connections
 * too.
 */
export async function startScriptedUpstream() {
  const usual: Script = ({ write }) => write(response('ok'));
  let script = usual;
  const server = await startRawServer(async (connection) => {
    for (;;) {
      const request = await connection.request();
      if (request.length === 0) return;
      await script(connection, request);
    }
  });
  return {
    ...server,
    /** From now on. */
    act(next: Script): void {
      script = next;
    },
    /** Responds to every request with these bytes from now on. */
    say(bytes: string | Uint8Array): void {
      script = ({ write }) => write(bytes);
    },
    /** Responds with these bytes, and sends nothing more on that connection. */
    sayAndClose(bytes: string | Uint8Array): void {
      script = ({ socket }) => void socket.end(bytes);
    },
    reset(): void {
      script = usual;
      server.requests.length = 0;
    },
  };
}

export type ScriptedUpstream = Awaited<ReturnType<typeof startScriptedUpstream>>;
