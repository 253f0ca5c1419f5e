import { createServer } from 'node:net';

/**
 * Below the ports that Linux (from 32,768), macOS and Windows (from 49,152) give to servers that request port 0 and to
 * outgoing connections: what is free here is not given to a test that runs at the same time.
 */
const FIRST = 12_000;
const SHARE = 1_000;
const SHARES = 20;

/** Each worker of Jest looks in its own share, and starts anywhere in it, because a second run may be under way. */
const share = FIRST + (Number(process.env.JEST_WORKER_ID ?? 0) % SHARES) * SHARE;
let next = Math.floor(Math.random() * SHARE);

/**
 * A loopback port where nothing listens, for programs that need a given one.
 *
 * @param span how many ports in a row are free, from the one returned
 * @throws Error if the worker's 1,000 ports have no such row
 */
export async function freePort(span = 1): Promise<number> {
  for (let tried = 0; tried < SHARE; tried++) {
    const port = share + (next % (SHARE - span + 1));
    const row = Array.from({ length: span }, (_, offset) => port + offset);
    next += span;
    if ((await Promise.all(row.map(isFree))).every(Boolean)) return port;
  }
  throw new Error(`no ${span} free ports in a row from ${share}`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
