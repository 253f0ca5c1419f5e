import type { ParameterName } from '../../lambda/contract.ts';
import type { Reading } from '../../lambda/core/config/reading.ts';
import { parseSnapshot, type Snapshot } from '../../lambda/core/snapshot/snapshot.ts';
import type { FetchDocument } from '../../lambda/io/fetch-document.ts';
import type { GetSnapshot } from '../../lambda/io/snapshot-reader.ts';
import { createKeeper, type StoredObject } from '../../lambda/keeper/keeper.ts';
import { createKeySetKeeper } from '../../lambda/keeper/key-set-keeper.ts';
import { createKey, jwksOf } from './keys.ts';
import { AUDIENCE, ISSUER, NOW } from './tokens.ts';

export const JWKS_URI = 'https://issuer.example/jwks';

/** SSM, which tests read and edit: each put gets a version, and a time from SSM's clock. */
export function createParameters(seconds: () => number) {
  let stored: Reading = {};
  let down: Error | undefined;
  let counter = 0;
  const put = (name: ParameterName, value: string): void => {
    counter += 1;
    // Never two puts at one time, because SSM distinguishes them by milliseconds.
    const modifiedAt = seconds() + counter / 1000;
    stored = { ...stored, [name]: { value, version: (stored[name]?.version ?? 0) + 1, modifiedAt } };
  };
  const initial = {
    issuer: ISSUER,
    audience: AUDIENCE,
    'jwks-uri': JWKS_URI,
    upstream: 'whoami',
    policy: '{}',
    revocations: '{}',
  };
  for (const [name, value] of Object.entries(initial)) put(name as ParameterName, value);
  return {
    put,
    delete(name: ParameterName): void {
      const { [name]: _, ...rest } = stored;
      stored = rest;
    },
    now: () => stored,
    fail: (error: Error | undefined) => {
      down = error;
    },
    read: async (): Promise<Reading> => {
      if (down !== undefined) throw down;
      return stored;
    },
  };
}

/** An object in S3, with its ETag and conditional writes. */
export function createObject() {
  let current: StoredObject | undefined;
  let down: Error | undefined;
  let writes = 0;
  /** Runs just before the next write, like a concurrent keeper. */
  let interrupt: (() => Promise<unknown>) | undefined;
  const up = (): void => {
    if (down !== undefined) throw down;
  };
  return {
    get: async () => {
      up();
      return current;
    },
    put: async (text: string, since: StoredObject | undefined): Promise<'written' | 'conflict'> => {
      const before = interrupt;
      interrupt = undefined;
      await before?.();
      up();
      if (since?.etag !== current?.etag) return 'conflict';
      writes += 1;
      current = { etag: `"${writes}"`, body: Buffer.from(text) };
      return 'written';
    },
    /** The object as a verifier gets it. */
    getSnapshot: (async ({ etag }) => {
      up();
      if (current === undefined) return { kind: 'absent' };
      return etag === current.etag ? { kind: 'unchanged' } : { kind: 'found', ...current };
    }) satisfies GetSnapshot,
    fail: (error: Error | undefined) => {
      down = error;
    },
    interruptNext: (by: () => Promise<unknown>) => {
      interrupt = by;
    },
    /** Replaces its bytes, as anybody with write access to the bucket could. */
    replace: (body: string | Uint8Array) => {
      writes += 1;
      current = { etag: `"${writes}"`, body: Buffer.from(body) };
    },
    remove: () => {
      current = undefined;
    },
    stored: () => current,
    writes: () => writes,
    snapshot(): Snapshot {
      const parsed = parseSnapshot(current?.body ?? Buffer.of());
      if ('problem' in parsed) throw new Error(parsed.problem);
      return parsed;
    },
  };
}

export type ObjectStub = ReturnType<typeof createObject>;
export type ParametersStub = ReturnType<typeof createParameters>;

/** A keeper in its own world. Tests can change every part of the world between runs. */
export function createKeeperWorld(key = createKey()) {
  let clock = NOW * 1000;
  const now = () => clock;
  const parameters = createParameters(() => clock / 1000);
  const object = createObject();
  const documents = new Map<string, object | Error>([[JWKS_URI, jwksOf(key)]]);
  const fetched: string[] = [];
  const events: { name: string; detail: unknown[] }[] = [];
  const record =
    (name: string) =>
    (...detail: unknown[]) =>
      void events.push({ name, detail });
  let cacheControl: string | undefined;
  const trusted: (string | undefined)[] = [];
  const fetchDocument: FetchDocument = async (url, options) => {
    fetched.push(url.href);
    trusted.push(options?.ca);
    const document = documents.get(url.href) ?? new Error(`${url.href}: responded with status 404`);
    if (document instanceof Error) throw document;
    return { text: JSON.stringify(document), cacheControl };
  };

  /** A keeper whose clock is this many seconds ahead of the world's. */
  const keeper = ({ aheadSeconds = 0, egress = true, path = '/app' } = {}) => {
    const own = () => clock + aheadSeconds * 1000;
    return createKeeper({
      path,
      readParameters: (() => {
        const { read } = parameters;
        return read;
      })(),
      object,
      keySets: createKeySetKeeper({
        fetchDocument,
        egress,
        now: own,
        random: () => 0.5,
        events: {
          keysFetched: record('keysFetched'),
          keysFailed: record('keysFailed'),
          keysLeft: record('keysLeft'),
        },
      }),
      egress,
      now: own,
      pause: async () => {},
      events: { refused: record('refused'), note: record('note'), written: record('written') },
    });
  };

  return {
    key,
    now,
    parameters,
    object,
    documents,
    fetched,
    /** The certificate authorities that each of these fetches trusted. */
    trusted,
    fetchDocument,
    events,
    keeper,
    run: keeper(),
    advance: (seconds: number) => {
      clock += seconds * 1000;
    },
    setCacheControl: (value: string | undefined) => {
      cacheControl = value;
    },
    heard: (name: string) => events.filter((event) => event.name === name).map(({ detail }) => detail),
  };
}
