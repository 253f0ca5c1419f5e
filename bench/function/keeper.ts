import type { ParameterName } from '../../lambda/contract.ts';
import { fetchDocument } from '../../lambda/io/fetch-document.ts';
import { createKeeper, type StoredObject } from '../../lambda/keeper/keeper.ts';
import { createKeySetKeeper } from '../../lambda/keeper/key-set-keeper.ts';

/** The real keeper, with its snapshot in memory. */
export interface BenchKeeper {
  /** Writes a fresh snapshot. */
  readonly run: () => Promise<unknown>;
  readonly snapshot: () => StoredObject | undefined;
}

/** @param parameters returns the values by full name */
export function startKeeper(path: string, parameters: () => Readonly<Record<string, string>>): BenchKeeper {
  let stored: StoredObject | undefined;
  let writes = 0;
  const complain = (...what: unknown[]): void => console.error(...what);
  const run = createKeeper({
    path,
    readParameters: async () =>
      Object.fromEntries(
        Object.entries(parameters()).map(([name, value]) => [
          name.slice(path.length + 1) as ParameterName,
          { value, version: 1, modifiedAt: 1_790_000_000 },
        ]),
      ),
    object: {
      get: async () => stored,
      async put(text) {
        writes += 1;
        stored = { etag: `"${writes}"`, body: Buffer.from(text) };
        return 'written';
      },
    },
    keySets: createKeySetKeeper({
      egress: true,
      fetchDocument,
      now: Date.now,
      events: { keysFetched() {}, keysFailed: complain, keysLeft: complain },
    }),
    egress: true,
    now: Date.now,
    pause: async () => {},
    events: { refused: complain, note: complain, written() {} },
  });
  return { run, snapshot: () => stored };
}
