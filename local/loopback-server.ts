import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Server as SocketServer } from 'node:net';

/** One listening part of the local stack. */
export interface LoopbackServer {
  /** `http://localhost:PORT`, without a trailing slash. */
  readonly origin: string;
  readonly port: number;
  /** Stops listening and drops every connection, as if the part had died. Closing twice is not an error. */
  close(): Promise<void>;
  /** Listens again on the same port, with the same state. */
  restart(): Promise<void>;
}

export interface LoopbackServerOptions {
  /** The part's name in errors about its port. */
  readonly name: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly server?: ServerOptions;
  /**
   * Whether clients may call it by any host name. False unless set: a web page's own host name could resolve to this machine
   * (DNS rebinding), and the browser would then let the page read the responses.
   */
  readonly anyHost?: boolean;
  /** Called at each start and restart, for parts that need more than `request` events. */
  readonly prepare?: (server: Server) => void;
}

/** A part cannot get its port. */
export class PortUnavailableError extends Error {
  override readonly name = 'PortUnavailableError';
  readonly port: number;
  readonly part: string;

  constructor(part: string, port: number, code: 'EADDRINUSE' | 'EACCES') {
    const why =
      code === 'EADDRINUSE' ? 'is in use by another process' : 'needs more rights than this process has';
    super(`Port ${port}, which the ${part} needs, ${why}.`);
    this.part = part;
    this.port = port;
  }
}

/**
 * Serves HTTP on `localhost` and nowhere else. The name may resolve to 127.0.0.1 or to ::1, and clients
 * differ in which they try first, so it listens on the same port of both. Without IPv6 it uses 127.0.0.1 only.
 *
 * @param createListener gets the origin, so that a part can use its own address in its responses
 */
export async function startLoopbackServer(
  options: LoopbackServerOptions,
  createListener: (origin: string) => RequestListener | Promise<RequestListener>,
): Promise<LoopbackServer> {
  let listener: RequestListener | undefined;
  const listen = async (port: number) => {
    const server = createServer(options.server ?? {}, async (request, response) => {
      if (!options.anyHost && !LOOPBACK_HOST.test(request.headers.host ?? '')) {
        response.writeHead(421).end(`Call the ${options.name} by the name localhost.\n`);
        return;
      }
      try {
        await listener?.(request, response);
      } catch (error) {
        // The client disconnected while it was sending.
        if (!request.destroyed) throw error;
        response.destroy();
      }
    });
    options.prepare?.(server);
    return { server, ...(await listenOnBoth(server, options.name, port)) };
  };

  let open: Awaited<ReturnType<typeof listen>> | undefined = await listen(options.port);
  const { port } = open;
  const origin = `http://localhost:${port}`;
  const close = async () => {
    const closing = open;
    open = undefined;
    if (closing) await Promise.all([closeServer(closing.server), closing.twin && closeServer(closing.twin)]);
  };

  try {
    listener = await createListener(origin);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    origin,
    port,
    close,
    async restart() {
      await close();
      open = await listen(port);
    },
  };
}

/** Names of this machine, as in `Host` and in a URL, with or without a port. */
export const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

async function listenOnBoth(server: Server, name: string, wanted: number) {
  for (let attempt = 0; ; attempt++) {
    const port = await listenOn(server, '127.0.0.1', wanted, name);
    // The twin only accepts connections and hands them to the first server, whose close() reaches them all.
    const twin = createSocketServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      server.emit('connection', socket);
    });
    try {
      await listenOn(twin, '::1', port, name);
      return { port, twin };
    } catch (error) {
      if (!(error instanceof PortUnavailableError)) return { port };
      await closeServer(server);
      if (wanted !== 0 || attempt === 9) throw error;
    }
  }
}

function listenOn(server: SocketServer, host: string, port: number, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      const { code } = error;
      const unavailable = code === 'EADDRINUSE' || code === 'EACCES';
      reject(unavailable ? new PortUnavailableError(name, port, code) : error);
    };
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function closeServer(server: SocketServer | Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}
