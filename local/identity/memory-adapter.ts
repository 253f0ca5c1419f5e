import type { Adapter, AdapterPayload } from 'oidc-provider';

/** Stores the authorization server's state in memory. JWT access tokens are not part of it. */
export function createMemoryAdapters(): (model: string) => Adapter {
  const entries = new Map<string, AdapterPayload>();
  return (model) => {
    const keyOf = (id: string) => `${model}:${id}`;
    const find = async (property: 'uid', value: string) =>
      [...entries].find(([key, entry]) => key.startsWith(`${model}:`) && entry[property] === value)?.[1];
    return {
      async upsert(id, payload) {
        entries.set(keyOf(id), payload);
      },
      find: async (id) => entries.get(keyOf(id)),
      findByUserCode: async () => undefined,
      findByUid: (uid) => find('uid', uid),
      async consume(id) {
        const entry = entries.get(keyOf(id));
        if (entry) entry.consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id) {
        entries.delete(keyOf(id));
      },
      async revokeByGrantId(grantId) {
        for (const [key, entry] of entries) if (entry.grantId === grantId) entries.delete(key);
      },
    };
  };
}
