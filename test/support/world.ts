import type { ALBEvent, ALBResult } from 'aws-lambda';
import { createAlbTarget } from '../../lambda/alb-target.ts';
import { composeAuthorizer } from '../../lambda/authorizer.ts';
import { createAuthorizerTarget } from '../../lambda/authorizer-target.ts';
import type { HttpApiResponse } from '../../lambda/contract.ts';
import type { Outcome } from '../../lambda/core/outcome.ts';
import type { Log, LoggedRequest } from '../../lambda/io/log.ts';
import { albEvent, lambdaContext, type TestRequest } from './alb-event.ts';
import { createKey, jwksOf, type SigningKey } from './keys.ts';
import { readingOf } from './reading.ts';
import { AUDIENCE, ISSUER, NOW } from './tokens.ts';

export const JWKS_URI = 'https://issuer.example/jwks';

/** An endpoint's response: a document, or an error that fails the fetch; a function decides (or hangs) at each fetch. */
type Document = object | string | Error;
type Served = Document | (() => Document | Promise<Document>);

interface CallOptions {
  /** The remaining time of the invocation, in ms. */
  readonly remainingMs?: number;
}

interface CallResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** The body, parsed if it is JSON. */
  readonly body: unknown;
  readonly raw: ALBResult;
}

/**
 * The function behind a load balancer in its own world. Tests change parameters, key endpoints and the clock as
 * plain values between calls, and read everything that it logs, except what `printed` takes.
 */
export function createWorld(key: SigningKey = createKey(), printed: Partial<Log> = {}) {
  const parameters: Record<string, string | undefined> = {
    issuer: ISSUER,
    audience: AUDIENCE,
    'jwks-uri': JWKS_URI,
    upstream: 'whoami',
    policy: '{}',
    revocations: '{}',
  };
  const documents = new Map<string, Served>([[JWKS_URI, jwksOf(key)]]);
  const fetched: string[] = [];
  const events: { name: string; detail: unknown[] }[] = [];
  const decisions: (Outcome & { request: LoggedRequest })[] = [];
  const bugs: unknown[] = [];
  let clock = NOW * 1000;
  let reads = 0;
  let stored: Record<string, string | undefined> = {};
  const versions: Record<string, number> = {};
  let store: 'up' | Error = 'up';
  let wait: (ms: number) => Promise<unknown> = () => new Promise(() => {});

  const record =
    (name: string) =>
    (...detail: unknown[]) =>
      void events.push({ name, detail });
  const log: Log = {
    decision: (request, outcome) => void decisions.push({ ...outcome, request }),
    bug: (_request, error) => void bugs.push(error),
    eventRejected: record('eventRejected'),
    configRead: record('configRead'),
    configLoaded: record('configLoaded'),
    configRejected: record('configRejected'),
    configFailed: record('configFailed'),
    keysFetched: record('keysFetched'),
    keysLoaded: record('keysLoaded'),
    keysFailed: record('keysFailed'),
    snapshotRead: record('snapshotRead'),
    snapshotFailed: record('snapshotFailed'),
    snapshotFresh: record('snapshotFresh'),
    snapshotProblem: record('snapshotProblem'),
    ...printed,
  };
  const authorizer = composeAuthorizer({
    log,
    now: () => clock,
    configPath: '/app',
    refreshSeconds: 60,
    maxSnapshotSeconds: 180,
    spread: 1,
    random: () => 0.5,
    abilities: { egress: true, cached: false, bodies: true },
    readParameters: async () => {
      reads += 1;
      if (store !== 'up') throw store;
      for (const [name, value] of Object.entries(parameters)) {
        if (value !== stored[name] || versions[name] === undefined)
          versions[name] = (versions[name] ?? 0) + 1;
      }
      stored = { ...parameters };
      return readingOf(stored, versions);
    },
    // Waits for prefetching without a limit, unless a test sets one.
    wait: (ms) => wait(ms),
    fetchDocument: async (url) => {
      fetched.push(url.href);
      const entry = documents.get(url.href) ?? new Error(`${url.href}: responded with status 404`);
      const served: Document = typeof entry === 'function' ? await entry() : entry;
      if (served instanceof Error) throw served;
      return { text: typeof served === 'string' ? served : JSON.stringify(served), cacheControl: undefined };
    },
  });
  const target = createAlbTarget(authorizer, log);

  return {
    key,
    parameters,
    documents,
    /** The URLs fetched so far, in order. */
    fetched,
    events,
    decisions,
    /** The errors that became a 500. */
    bugs,
    reads: () => reads,
    prefetch: authorizer.prefetch,
    advance: (seconds: number) => {
      clock += seconds * 1000;
    },
    setWait: (next: typeof wait) => {
      wait = next;
    },
    setStore: (state: 'up' | Error) => {
      store = state;
    },
    /** Sends an event unchanged. */
    handle: (event: ALBEvent, { remainingMs }: CallOptions = {}): Promise<ALBResult> =>
      target(event, lambdaContext(remainingMs)),
    async call(request: TestRequest = {}, options: CallOptions = {}): Promise<CallResponse> {
      const raw = await this.handle(albEvent(request), options);
      const text = Buffer.from(raw.body ?? '', raw.isBase64Encoded ? 'base64' : 'utf8').toString();
      const headers = raw.multiValueHeaders as Record<string, string[]>;
      const isJson = headers['content-type']?.[0]?.includes('json') ?? false;
      return { status: raw.statusCode, headers, body: isJson && text !== '' ? JSON.parse(text) : text, raw };
    },
    /** Invokes it as the authorizer of an API, with that API's event. */
    ask: (event: unknown, response: HttpApiResponse = 'simple'): Promise<unknown> =>
      createAuthorizerTarget(authorizer, log, response)(event, lambdaContext()),
    /** Calls with this bearer token. */
    async present(
      token: string,
      request: TestRequest = {},
      options: CallOptions = {},
    ): Promise<CallResponse> {
      const headers = { ...request.headers, authorization: `Bearer ${token}` };
      return this.call({ ...request, headers }, options);
    },
  };
}

export type World = ReturnType<typeof createWorld>;
