import type { Echo } from '../upstream.ts';

/** How many of the latest requests are kept, and how many characters of each body. */
const KEPT = 200;
const MAX_BODY = 256 * 1024;

/** A request as the upstream received it. */
export interface Received extends Echo {
  /** Whether the body was longer than this. */
  readonly cut: boolean;
}

/** What the upstream received, by the id that the function gives each request. */
export interface ReceivedRequests {
  readonly add: (received: Echo) => void;
  readonly find: (requestId: string) => Received | undefined;
}

export function createReceivedRequests(): ReceivedRequests {
  const byId = new Map<string, Received>();
  return {
    add(received) {
      const [, id] = received.headers.find(([name]) => name.toLowerCase() === 'x-request-id') ?? [];
      if (id === undefined) return;
      const { body } = received;
      byId.set(id, { ...received, body: body.slice(0, MAX_BODY), cut: body.length > MAX_BODY });
      for (const oldest of byId.keys()) {
        if (byId.size <= KEPT) break;
        byId.delete(oldest);
      }
    },
    find: (requestId) => byId.get(requestId),
  };
}
