import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Relay {
  readonly endpoint: string;
  /** What was requested since the last call of this function: an action of SSM, or a method and a key of S3. */
  takeCalls(): string[];
  close(): void;
}

/** A relay between one function and the AWS API that records what the function requests. */
export async function startRelay(endpoint: string): Promise<Relay> {
  const calls: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    const { 'x-amz-target': target } = headers;
    // The first segment of the path is the bucket, whose name differs between deployments.
    calls.push(target === undefined ? `${method} ${url.replace(/^\/[^/]+\//, '')}` : String(target));
    const forwarded = request(
      endpoint + url,
      { method, headers: { ...headers, host: new URL(endpoint).host } },
      (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
      },
    );
    forwarded.once('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://localhost:${(server.address() as AddressInfo).port}`,
    takeCalls: () => calls.splice(0),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
