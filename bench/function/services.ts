import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a function calls, on loopback: parameters, keys and an upstream. */
export interface Services {
  readonly origin: string;
  readonly close: () => void;
}

export interface ServicesOptions {
  /** Parameters by full name. */
  readonly parameters: (origin: string) => Readonly<Record<string, string>>;
  readonly jwks: object;
  /** How long the parameter store and the key endpoint take to answer, in ms. */
  readonly delayMs?: () => number;
}

const UPSTREAM_ANSWER = JSON.stringify({
  orders: Array.from({ length: 10 }, (_, id) => ({ id, state: 'open' })),
});

export async function startServices({
  parameters,
  jwks,
  delayMs = () => 0,
}: ServicesOptions): Promise<Services> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url !== '/' && request.url !== '/jwks') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(UPSTREAM_ANSWER);
      return;
    }
    await sleep(delayMs());
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    if (request.url === '/jwks') {
      response.end(JSON.stringify(jwks));
      return;
    }
    const { Names: names } = JSON.parse(Buffer.concat(chunks).toString()) as { Names: string[] };
    const found = names.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [{ Name: name, Type: 'String', Value: value, Version: 1 }];
    });
    response.end(JSON.stringify({ Parameters: found, InvalidParameters: [] }));
  };
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const values = parameters(origin);
  return {
    origin,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
