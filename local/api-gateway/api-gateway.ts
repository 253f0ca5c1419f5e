import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { explain, type FunctionOutcome } from '../lambda/function-pool.ts';
import type { ReceivedRequest } from '../load-balancer/alb-event.ts';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import type { ServedRequest } from '../stack-event.ts';
import {
  type AuthorizerContext,
  type AuthorizerResult,
  BAD_REQUEST,
  isUnauthorized,
  MISSING_IDENTITY,
  type Ruling,
  readAuthorizerResult,
} from './authorizer-result.ts';
import {
  type ApiKind,
  type ApiPlace,
  arnOf,
  buildAuthorizerEvent,
  integrationPath,
  type RequestIds,
  readPath,
  requestIdFields,
  requestIdsFor,
} from './event.ts';

export interface ApiGatewayOptions {
  readonly kind: ApiKind;
  readonly port: number;
  readonly place: ApiPlace;
  /**
   * How long a result is cached per token, in seconds. Not cached unless set, which is how the app deploys its APIs. With a
   * cache, a request without Authorization, the cache's key, is rejected.
   */
  readonly ttlSeconds?: number | undefined;
  /** Invokes the authorizer. */
  readonly invoke: (event: string, traceId: string | undefined) => Promise<FunctionOutcome>;
  /** Where allowed requests go: an origin, with or without a base path. */
  readonly upstream: string;
  readonly onServed: (request: ServedRequest) => void;
  /** Gets a line for each problem. */
  readonly log: (line: string) => void;
}

/** Prefix of the headers that carry the authorizer's context to the upstream. */
const CONTEXT_PREFIX = 'x-authorizer-';

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/**
 * Serves an API as API Gateway would. Its only route invokes a Lambda authorizer and then proxies to the upstream, with the
 * authorizer's context as headers.
 */
export function startApiGateway(options: ApiGatewayOptions): Promise<LoopbackServer> {
  const { kind, place, onServed, log } = options;
  const ttlMs = (options.ttlSeconds ?? 0) * 1000;
  const needsToken = kind === 'rest-token' || ttlMs > 0;
  const kept = new Map<string, { readonly result: AuthorizerResult; readonly until: number }>();

  const decide = async (request: ReceivedRequest, ids: RequestIds): Promise<Decided> => {
    const tokens = request.headers.filter(([name]) => name.toLowerCase() === 'authorization');
    const token = tokens.at(-1)?.[1] ?? '';
    if (token === '' && needsToken) return { ruling: MISSING_IDENTITY };
    const arn = arnOf(kind, request, place);
    const known = kept.get(token);
    if (known && known.until > Date.now()) return { ruling: known.result.rule(arn) };
    const event = buildAuthorizerEvent(kind, request, token, place, ids);
    const outcome = await options.invoke(JSON.stringify(event), undefined);
    const result = readAuthorizerResult(kind, outcome);
    if (ttlMs > 0 && result.lasting) kept.set(token, { result, until: Date.now() + ttlMs });
    return { ruling: result.rule(arn), ...howDecided(outcome) };
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const begun = performance.now();
    const sent = receive(request);
    const path = readPath(kind, sent.path);
    const received = { ...sent, path: path ?? '' };
    const ids = requestIdsFor(kind, sent);
    for (const [name, value] of Object.entries(requestIdFields(kind, ids))) response.setHeader(name, value);
    const { ruling, ...how }: Decided =
      path === undefined ? { ruling: BAD_REQUEST } : await decide(received, ids);
    if (ruling.kind === 'allow') await forward(request, response, received, ruling.context, options);
    else {
      request.resume();
      response.writeHead(ruling.status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ message: ruling.message }));
    }
    onServed({
      method: sent.method,
      path: sent.path,
      status: response.statusCode,
      ms: performance.now() - begun,
      ...how,
    });
  };

  return startLoopbackServer(
    { name: 'API', port: options.port, anyHost: true },
    () => (request, response) => {
      handle(request, response).catch((error: unknown) => {
        log(`API: ${String(error)}`);
        response.destroy();
      });
    },
  );
}

/** A ruling, and the authorizer's part in it. */
interface Decided extends Pick<ServedRequest, 'invocationId' | 'failure'> {
  readonly ruling: Ruling;
}

/** An authorizer rejects a request with the error "Unauthorized"; any other error is a failure. */
function howDecided(outcome: FunctionOutcome): Omit<Decided, 'ruling'> {
  const { invocationId } = outcome;
  const responded = outcome.kind === 'response' || isUnauthorized(outcome);
  return responded ? { invocationId } : { invocationId, failure: explain(outcome) };
}

function receive(message: IncomingMessage): ReceivedRequest {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  const { rawHeaders } = message;
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ''] as const] : [],
    ),
    body: Buffer.alloc(0),
    sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
    port: message.socket.localPort ?? 80,
  };
}

/** Forwards as a parameter mapping of the context to headers would: drops what the client sent under their names. */
function forward(
  request: IncomingMessage,
  response: ServerResponse,
  { path, query, headers }: ReceivedRequest,
  context: AuthorizerContext,
  { kind, upstream }: ApiGatewayOptions,
): Promise<void> {
  const fields = [
    ...headers.filter(([name]) => {
      const lower = name.toLowerCase();
      return !HOP_BY_HOP.has(lower) && !lower.startsWith(CONTEXT_PREFIX);
    }),
    ...Object.entries(context).map(
      ([name, value]) => [CONTEXT_PREFIX + name.replaceAll('_', '-'), value] as const,
    ),
  ];
  return new Promise((resolve) => {
    const fail = () => {
      if (!response.headersSent) response.writeHead(502, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ message: 'Bad Gateway' }));
    };
    const { protocol, hostname, port, pathname } = new URL(upstream);
    const base = pathname.replace(/\/$/, '');
    const target = base + integrationPath(kind, path) + (query === '' ? '' : `?${query}`);
    const send = protocol === 'https:' ? httpsRequest : httpRequest;
    const outgoing = send(
      { hostname, port, method: request.method, path: target, headers: fields.flat(), setHost: false },
      (incoming) => {
        response.writeHead(incoming.statusCode ?? 502, incoming.headers);
        incoming.pipe(response);
      },
    );
    outgoing.on('error', fail);
    response.once('close', resolve);
    request.pipe(outgoing);
  });
}
