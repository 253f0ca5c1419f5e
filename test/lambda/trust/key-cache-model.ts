import type { KeyResolution } from '../../../lambda/core/keys/resolution.ts';
import type { Document, FetchDocument } from '../../../lambda/io/fetch-document.ts';
import { createJwksSource, KEY_RULES } from '../../../lambda/io/jwks-source.ts';
import type { KeySource } from '../../../lambda/io/key-source.ts';
import { createKey, type SigningKey } from '../../support/keys.ts';

/** Keys that the endpoint may publish, and keys that mark which of its responses a set came from. */
const KEYS = ['a', 'b', 'c', 'd'].map((kid) => createKey('ES256', kid));
const MARK = createKey('ES256', 'mark');

export const KIDS: readonly string[] = KEYS.map(({ kid }) => kid);

/** A fetch that the source has started, in the order of the list, which no clock can change. */
export interface Fetch {
  readonly startedAt: number;
  /** What the previous cooldown counted from: the end of a failure, else the start of the previous fetch. */
  readonly cooledFrom: number;
  state: 'open' | 'succeeded' | 'failed';
  endedAt: number | undefined;
  /**
   * What it brought, or is set to bring; the endpoint may respond with its state at the time of the request.
   */
  published: ReadonlySet<string>;
  readonly settle: (document: Document | Error) => void;
}

/** A request, with what was true when it was made. */
export interface Request {
  readonly kid: string;
  readonly madeAt: number;
  /** Number of fetches before it. */
  readonly before: number;
  /** The latest of them at that time. */
  readonly previous: { readonly state: Fetch['state']; readonly cooledFrom: number } | undefined;
  /** Newest fetch that had succeeded by then; -1 for none. */
  readonly newest: number;
  outcome?: {
    readonly at: number;
    readonly resolution: KeyResolution;
    /** The fetch whose set it was resolved from; -1 if it was resolved without keys. */
    readonly from: number;
    readonly newest: number;
    /** The latest fetch, except one that another request started at this very moment. */
    readonly last: Fetch | undefined;
  };
}

/** The world around one key source: the endpoint, the clock and everything that has happened. */
export interface Model {
  now: number;
  published: ReadonlySet<string>;
  readonly fetches: Fetch[];
  readonly requests: Request[];
  /** Documents parsed or failed so far, to wait until a fetch has settled. */
  ended: number;
  readonly source: KeySource;
}

export const distance = (a: number, b: number): number => Math.abs(a - b);

/** What a cooldown counts from after this fetch. */
const cooledFrom = (fetch: Fetch | undefined): number | undefined =>
  fetch?.state === 'failed' ? fetch.endedAt : fetch?.startedAt;

export const newestOf = ({ fetches }: Model): number =>
  fetches.findLastIndex(({ state }) => state === 'succeeded');

/** Whether keys that were requested at that time may still be used now. */
export const withinBound = (fetch: Fetch | undefined, now: number): boolean =>
  fetch !== undefined && distance(now, fetch.startedAt) < KEY_RULES.maxStaleMs;

export function createModel(): Model {
  const fetchDocument: FetchDocument = () =>
    new Promise((resolve, reject) => {
      model.fetches.push({
        startedAt: model.now,
        cooledFrom: cooledFrom(model.fetches.at(-1)) ?? Number.NEGATIVE_INFINITY,
        state: 'open',
        endedAt: undefined,
        published: model.published,
        settle: (document) => (document instanceof Error ? reject(document) : resolve(document)),
      });
    });
  const end = () => {
    model.ended += 1;
  };
  const location = { kind: 'url', url: new URL('https://issuer.example/jwks') } as const;
  const events = { keysFetched: () => {}, keysLoaded: end, keysFailed: end };
  const model: Model = {
    now: 1_790_000_000_000,
    published: new Set(KIDS.slice(0, 1)),
    fetches: [],
    requests: [],
    ended: 0,
    source: createJwksSource('default', location, { fetchDocument, now: () => model.now, events }),
  };
  return model;
}

/** Lets everything run that is ready to. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Makes the endpoint respond to a fetch, and lets the source process it. */
export async function settle(model: Model, index: number, good: boolean): Promise<void> {
  const fetch = model.fetches[index] as Fetch;
  const { ended } = model;
  fetch.state = good ? 'succeeded' : 'failed';
  fetch.endedAt = model.now;
  fetch.settle(
    good ? { text: documentOf(index, fetch.published), cacheControl: undefined } : new Error('down'),
  );
  // Keys are imported on another thread.
  while (model.ended === ended) await turn();
  await turn();
}

/** A key set with a special key that marks which response it is. */
function documentOf(index: number, published: ReadonlySet<string>): string {
  const keys = KEYS.filter(({ kid }) => published.has(kid)).map(({ jwk }) => jwk);
  return JSON.stringify({ keys: [...keys, { ...MARK.jwk, kid: `answer ${index}` }] });
}

/**
 * Another token with a known `kid` that the key did not sign; returns whether the source has started a fetch for it.
 */
export async function forge(
  model: Model,
  kid: string,
): Promise<{ previous: Request['previous']; started: number }> {
  const header = { alg: 'ES256', kid } as const;
  const known = model.source.resolve(header);
  await turn();
  const resolution = await Promise.race([known, undefined]);
  const previous = model.fetches.at(-1);
  const before = model.fetches.length;
  if (resolution?.kind === 'keys') void model.source.resolve(header, resolution.set);
  await turn();
  return {
    previous: previous && { state: previous.state, cooledFrom: cooledFrom(previous) as number },
    started: model.fetches.length - before,
  };
}

export function answerOf(resolution: KeyResolution): number {
  if (resolution.kind !== 'keys') return -1;
  const mark = resolution.set.keys.find(({ kid }) => kid?.startsWith('answer '));
  return Number(mark?.kid?.slice('answer '.length));
}

/** A request for a key. It may be resolved at once, later or, if a fetch never ends, never. */
export async function request(model: Model, kid: string): Promise<Request> {
  const previous = model.fetches.at(-1);
  const made: Request = {
    kid,
    madeAt: model.now,
    before: model.fetches.length,
    previous: previous && { state: previous.state, cooledFrom: cooledFrom(previous) as number },
    newest: newestOf(model),
  };
  model.requests.push(made);
  void Promise.resolve(model.source.resolve({ alg: 'ES256', kid })).then((resolution) => {
    made.outcome = {
      at: model.now,
      resolution,
      from: answerOf(resolution),
      newest: newestOf(model),
      last: model.fetches.findLast(({ startedAt, state }) => state !== 'open' || startedAt !== model.now),
    };
  });
  await turn();
  return made;
}

/** For tests of single states: the signing key for a `kid`. */
export const keyNamed = (kid: string): SigningKey => KEYS.find((key) => key.kid === kid) as SigningKey;
