import { type Connection, response, startRawServer } from './raw-server.ts';

/** What the upstream does about one request. */
export type Script = (connection: Connection, request: Buffer) => void | Promise<void>;

/**
 * An upstream on raw sockets whose behaviour can be changed between requests, on connections that are kept
 * alive too.
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
    /** Says these bytes to every request from now on. */
    say(bytes: string | Uint8Array): void {
      script = ({ write }) => write(bytes);
    },
    /** Says these bytes, and nothing further on that connection. */
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
