import type { Echo } from '../upstream.ts';

/** How many of the latest requests are kept. */
const KEPT = 200;

/** What the upstream received, by the id that the function gives each request. */
export interface ReceivedRequests {
  readonly add: (received: Echo) => void;
  readonly find: (requestId: string) => Echo | undefined;
}

export function createReceivedRequests(): ReceivedRequests {
  const byId = new Map<string, Echo>();
  return {
    add(received) {
      const [, id] = received.headers.find(([name]) => name.toLowerCase() === 'x-request-id') ?? [];
      if (id === undefined) return;
      byId.set(id, received);
      for (const oldest of byId.keys()) {
        if (byId.size <= KEPT) break;
        byId.delete(oldest);
      }
    },
    find: (requestId) => byId.get(requestId),
  };
}
