import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { snapshotKey } from '../../lambda/contract.ts';
import type { StoredObject } from '../../lambda/keeper/keeper.ts';

/** The services that a function calls, on loopback: parameters, keys, a snapshot and an upstream. */
export interface Services {
  readonly origin: string;
  /** The number of requests since the last call, by path. */
  readonly takeRequests: () => Readonly<Record<string, number>>;
  readonly close: () => void;
}

export interface ServicesOptions {
  /** Parameters by full name. */
  readonly parameters: (origin: string) => Readonly<Record<string, string>>;
  readonly jwks: object;
  /** The keeper's snapshot, if there is one. */
  readonly snapshot?: () => StoredObject | undefined;
  /** Response time of the parameter store, the key endpoint and the snapshot's bucket, in ms. */
  readonly delayMs?: () => number;
}

/** Paths of the services other than the upstream. */
export const PATHS = { parameters: '/', keys: '/jwks', snapshot: `/bucket/${snapshotKey('/app')}` } as const;

const UPSTREAM_BODY = JSON.stringify({
  orders: Array.from({ length: 10 }, (_, id) => ({ id, state: 'open' })),
});

export async function startServices({
  parameters,
  jwks,
  snapshot = () => undefined,
  delayMs = () => 0,
}: ServicesOptions): Promise<Services> {
  let requests: Record<string, number> = {};
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { url = '' } = request;
    requests[url] = (requests[url] ?? 0) + 1;
    if (!Object.values<string>(PATHS).includes(url)) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(UPSTREAM_BODY);
      return;
    }
    await sleep(delayMs());
    if (url === PATHS.snapshot) {
      const stored = snapshot();
      if (stored === undefined) response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
      else response.setHeader('etag', stored.etag).end(stored.body);
      return;
    }
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (url === PATHS.keys) {
      response.end(JSON.stringify(jwks));
      return;
    }
    const { Names: names } = JSON.parse(Buffer.concat(chunks).toString()) as { Names: string[] };
    const found = names.flatMap((name) => {
      const value = values[name];
      const stored = {
        Name: name,
        Type: 'String',
        Value: value,
        Version: 1,
        LastModifiedDate: 1_790_000_000,
      };
      return value === undefined ? [] : [stored];
    });
    response.end(JSON.stringify({ Parameters: found, InvalidParameters: [] }));
  };
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    respond(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const values = parameters(origin);
  return {
    origin,
    takeRequests() {
      const taken = requests;
      requests = {};
      return taken;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
