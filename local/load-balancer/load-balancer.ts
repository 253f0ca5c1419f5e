import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Deployment } from '../assembly/deployment.ts';
import { explain, type FunctionOutcome } from '../lambda/function-pool.ts';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import type { ServedRequest } from '../stack-event.ts';
import { buildAlbEvent, countForwardedAddresses, type ReceivedRequest } from './alb-event.ts';
import { type AlbResponse, LAMBDA_BODY_LIMIT, mapFunctionResponse } from './alb-response.ts';
import { type Action, compileRules, redirectLocation } from './listener-rules.ts';

export interface LoadBalancerOptions {
  readonly port: number;
  readonly deployment: Deployment;
  /** Invokes the function behind the target groups. */
  readonly invoke: (event: string, traceId: string | undefined) => Promise<FunctionOutcome>;
  /** A service that signs users in: takes a request's headers and returns them with its signed header. */
  readonly signIn?: ((headers: ReceivedRequest['headers']) => ReceivedRequest['headers']) | undefined;
  readonly onServed: (request: ServedRequest) => void;
  /** Gets a line for each problem. */
  readonly log: (line: string) => void;
}

/** Limits on a client's request: bytes of the request line, of one header and of all headers; forwarded addresses. */
const REQUEST_LINE_LIMIT = 16 * 1024;
const HEADER_LIMIT = 16 * 1024;
const HEADERS_LIMIT = 64 * 1024;
const FORWARDED_LIMIT = 30;

/** Reads an oversized body up to this many bytes, so that the client gets to read the response. */
const DRAIN_LIMIT = 16 * 1024 * 1024;

/**
 * Serves HTTP/1.1 as an Application Load Balancer with this listener would. Its own responses have
 * `Server: awselb/2.0`, which distinguishes them from the function's.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
 */
export function startLoadBalancer(options: LoadBalancerOptions): Promise<LoopbackServer> {
  const { deployment, onServed, log } = options;
  const route = compileRules(deployment.listener.rules, deployment.listener.defaultAction);

  const act = async (action: Action, request: ReceivedRequest): Promise<Acted> => {
    if (action.type === 'forward') return forward(action.targetGroup, request);
    if (action.type === 'redirect') {
      return own(action.statusCode, [['Location', redirectLocation(action, request)]]);
    }
    const body = Buffer.from(action.body ?? '');
    const type = body.length > 0 ? [['Content-Type', action.contentType ?? 'text/plain'] as const] : [];
    return { response: { status: action.statusCode, headers: [SERVER, ...type], body } };
  };

  const forward = async (targetGroupArn: string, request: ReceivedRequest): Promise<Acted> => {
    const group = deployment.targetGroups.get(targetGroupArn);
    if (!group) return own(503);
    if (request.body.length > LAMBDA_BODY_LIMIT) return own(413);
    const { dropInvalidHeaderFields } = deployment;
    const { multiValueHeaders } = group;
    const now = Date.now() / 1000;
    const event = buildAlbEvent(request, { targetGroupArn, multiValueHeaders, dropInvalidHeaderFields, now });
    const traceId = event.multiValueHeaders?.['x-amzn-trace-id']?.[0] ?? event.headers?.['x-amzn-trace-id'];

    const outcome = await options.invoke(JSON.stringify(event), traceId);
    const { invocationId } = outcome;
    if (outcome.kind !== 'response') {
      const status = outcome.kind === 'no-environment' ? 504 : 502;
      return { ...own(status), invocationId, failure: explain(outcome) };
    }
    const mapped = mapFunctionResponse(outcome.body, { multiValueHeaders });
    if (mapped.kind === 'response') return { response: mapped.response, invocationId };
    return {
      ...own(502),
      invocationId,
      failure: `the function's response cannot be used: ${mapped.problem}`,
    };
  };

  const pass = async (received: ReceivedRequest): Promise<Acted> => {
    const request = options.signIn ? { ...received, headers: options.signIn(received.headers) } : received;
    return act(route(request), request);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const begun = performance.now();
    const received = await receive(request);
    const { response: chosen, ...how } = 'response' in received ? received : await pass(received.request);
    send(response, request, chosen);
    onServed({
      method: request.method ?? '',
      path: splitTarget(request.url ?? '/').path,
      status: chosen.status,
      ms: performance.now() - begun,
      ...how,
    });
  };

  return startLoopbackServer(
    {
      name: 'load balancer',
      port: options.port,
      anyHost: true,
      // This module checks the 64 K and responds as the ALB does; the parser's limit only has to be higher.
      server: { maxHeaderSize: 2 * HEADERS_LIMIT, requireHostHeader: false, keepAliveTimeout: 60_000 },
      prepare: (server) => respondToParserErrors(server, log),
    },
    () => (request, response) => {
      handle(request, response).catch((error: unknown) => {
        // The client disconnected, or this is a bug; either way, the connection is useless now.
        if (!request.destroyed) log(`load balancer: ${String(error)}`);
        response.destroy();
      });
    },
  );
}

/** A response, and the function's part in it. */
interface Acted extends Pick<ServedRequest, 'invocationId' | 'failure'> {
  readonly response: AlbResponse;
}

async function receive(message: IncomingMessage): Promise<Acted | { readonly request: ReceivedRequest }> {
  const headers = pairs(message.rawHeaders);
  const { path, query } = splitTarget(message.url ?? '/');
  const body = await readBody(message);
  const status = rejectionStatus(message, headers);
  if (status !== undefined) return own(status);
  if (!body) return own(413, [['Connection', 'close']]);
  return {
    request: {
      method: message.method ?? 'GET',
      path,
      query,
      headers,
      body,
      sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
      port: message.socket.localPort ?? 80,
    },
  };
}

/** The status for a request that is rejected before any rule. */
function rejectionStatus(message: IncomingMessage, headers: ReceivedRequest['headers']): number | undefined {
  const requestLine = `${message.method} ${message.url} HTTP/1.1`.length;
  const sizes = headers.map(([name, value]) => name.length + value.length + 4);
  if (requestLine > REQUEST_LINE_LIMIT) return 414;
  if (sizes.some((size) => size > HEADER_LIMIT)) return 400;
  if (sizes.reduce((sum, size) => sum + size, requestLine) > HEADERS_LIMIT) return 400;
  if (message.httpVersion === '1.1' && message.headers.host === undefined) return 400;
  if (message.method === 'TRACE') return 405;
  if (/^websocket$/i.test(message.headers.upgrade ?? '')) return 400;
  if (countForwardedAddresses(headers) > FORWARDED_LIMIT) return 463;
  return undefined;
}

/** Splits the target as sent; drops scheme and authority from an absolute one. */
function splitTarget(url: string): { path: string; query: string } {
  const target = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return { path: path || '/', query: mark < 0 ? '' : target.slice(mark + 1) };
}

/** Undefined for a body over the drain limit. Of a body over the function's limit, keeps just enough to return 413. */
async function readBody(message: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > DRAIN_LIMIT) return undefined;
    if (size <= LAMBDA_BODY_LIMIT + 1) chunks.push(chunk);
    else if (chunks.length > 0) chunks.splice(0, chunks.length, Buffer.alloc(LAMBDA_BODY_LIMIT + 1));
  }
  return Buffer.concat(chunks);
}

function send(
  response: ServerResponse,
  request: IncomingMessage,
  { status, reason = STATUS_CODES[status] ?? '', headers, body }: AlbResponse,
): void {
  const bodiless = status === 204 || status === 304;
  const empty = bodiless || (request.method === 'HEAD' && body.length === 0);
  const length = empty ? [] : ['Content-Length', String(body.length)];
  // A flat list keeps duplicates, order and letter case.
  response.writeHead(status, reason, [...headers.flat(), ...length]);
  response.end(bodiless || request.method === 'HEAD' ? undefined : body);
}

const SERVER = ['Server', 'awselb/2.0'] as const;

/** A response of the load balancer itself. */
function ownResponse(status: number, headers: AlbResponse['headers'] = []): AlbResponse {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: [SERVER, ['Content-Type', 'text/html'], ...headers], body: Buffer.from(body) };
}

const own = (status: number, headers?: AlbResponse['headers']): Acted => ({
  response: ownResponse(status, headers),
});

/** The first byte of a TLS connection (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = 22;

/** Responds to requests that the parser rejects as the load balancer would, not as Node.js does. */
function respondToParserErrors(server: Server, log: (line: string) => void): void {
  server.maxHeadersCount = 0;
  const reject = (socket: Socket, status: number, why: string) => {
    if (!socket.writable) return socket.destroy();
    log(`the load balancer returned ${status}: ${why}`);
    const { headers, body } = ownResponse(status, [['Connection', 'close']]);
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      ...headers.map((pair) => pair.join(': ')),
      `Content-Length: ${body.length}`,
    ];
    return socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  };
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket) => {
    const why =
      error.rawPacket?.[0] === TLS_HANDSHAKE
        ? 'the client called https, but this port only speaks http'
        : error.message;
    reject(socket as Socket, error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400, why);
  });
  server.on('connect', (_, socket) =>
    reject(socket as Socket, 400, 'it is not a proxy and does not take CONNECT'),
  );
}

function pairs(raw: readonly string[]): [name: string, value: string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [
    raw[2 * index] ?? '',
    raw[2 * index + 1] ?? '',
  ]);
}
