import { type IncomingMessage, request } from 'node:http';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';

/** The header fields that a front sets in place of a client's own, or undefined for a request that it rejects. */
export type Admit = (incoming: IncomingMessage) => Promise<Readonly<Record<string, string>> | undefined>;

/** What stands in front of a server and verifies by itself, as a load balancer's own action or another proxy does. */
export function startFront(target: string, admit: Admit): Promise<LoopbackServer> {
  return startLoopbackServer({ name: 'front', port: 0, anyHost: true }, () => async (incoming, response) => {
    const set = await admit(incoming).catch(() => undefined);
    if (set === undefined) {
      response.writeHead(401, { server: 'front' }).end();
      return;
    }
    const { method, headers } = incoming;
    const options = { method, headers: { ...headers, ...set } };
    const forwarded = request(`${target}${incoming.url}`, options, (returned) => {
      response.writeHead(returned.statusCode ?? 0, returned.headers);
      returned.pipe(response);
    });
    incoming.pipe(forwarded);
  });
}

export const bearerOf = ({ headers }: IncomingMessage): string =>
  /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
