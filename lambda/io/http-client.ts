import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { HeaderList } from '../core/http/message.ts';
import { wireValue } from '../core/http/syntax.ts';

/** An address that swallows packets shows soon, while there is time left to answer. */
export const CONNECT_TIMEOUT_MS = 3_000;

/**
 * A socket that has been idle for longer is not used again, in ms: common servers close it after 5 s (Node.js,
 * uvicorn) or more, and a request that cannot be repeated must not meet that. By timestamps, because a timer
 * stands still while the sandbox is frozen.
 */
const MAX_IDLE_MS = 4_000;

/** Longest head of an answer, in bytes: what a load balancer takes from a target. */
const MAX_HEAD_BYTES = 32 * 1024;

/** What a kept-alive socket says when the other side has given it up. */
const DEAD_SOCKET = new Set(['ECONNRESET', 'EPIPE']);

const AGENT_OPTIONS = { keepAlive: true, timeout: MAX_IDLE_MS };
const httpAgent = new HttpAgent(AGENT_OPTIONS);
const httpsAgent = new HttpsAgent(AGENT_OPTIONS);
const lastUsedAt = new WeakMap<Socket, number>();

export interface ClientRequestOptions {
  readonly method: string;
  /** Path and query, sent as they are. */
  readonly target: string;
  /** Sent as they are, in this order; must include Host. */
  readonly headers: HeaderList;
  readonly body?: Uint8Array;
  /** Take a new socket, and do not keep it. */
  readonly newSocket?: boolean;
  /** For the whole exchange, in ms. */
  readonly timeoutMs: number;
  /** For a connection to stand, TLS included, in ms; 3 s unless set. */
  readonly connectTimeoutMs?: number;
  /** Until the head of the answer is there, in ms. Default: as long as the whole exchange may take. */
  readonly firstByteTimeoutMs?: number;
  /** Longest body that is read, in bytes. */
  readonly maxBytes: number;
  /** Certificates in PEM form to trust in place of the public authorities. */
  readonly ca?: string;
  /** How the host's name becomes addresses; the system's resolver unless set. Not asked where it is an address. */
  readonly lookup?: LookupFunction;
}

export interface ClientResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** Why there is no response. `reused` says that a kept-alive socket died before any byte of an answer. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly kind: 'timeout' | 'connection' | 'too-large';
  readonly reused: boolean;

  constructor(kind: ClientError['kind'], message: string, reused = false) {
    super(message);
    this.kind = kind;
    this.reused = reused;
  }
}

/**
 * One exchange over node:http(s) with kept-alive sockets: no redirects, no decompression, no retries, no
 * header of its own. Rejects with a ClientError.
 */
export function exchange(origin: URL, options: ClientRequestOptions): Promise<ClientResponse> {
  return new Promise((resolve, reject) => {
    const secure = origin.protocol === 'https:';
    const agent = secure ? httpsAgent : httpAgent;
    dropIdleSockets(agent);
    const host = origin.hostname.replace(/^\[|\]$/g, '');
    const requestOptions: RequestOptions & { servername?: string; ca?: string } = {
      host,
      port: origin.port === '' ? (secure ? 443 : 80) : Number(origin.port),
      method: options.method,
      path: options.target,
      headers: rawHeaders(options.headers),
      maxHeaderSize: MAX_HEAD_BYTES,
      // What follows an answer that must have no body would be taken for the next one's head on a kept socket.
      agent: options.newSocket === true || options.method === 'HEAD' ? false : agent,
      setDefaultHeaders: false,
      // The certificate must be the origin's, whatever Host says. An address is no server name (RFC 6066 §3).
      ...(secure && { servername: isIP(host) === 0 ? host : '' }),
      ...(secure && options.ca && { ca: options.ca }),
      ...(options.lookup && { lookup: options.lookup }),
    };
    const request = (secure ? httpsRequest : httpRequest)(requestOptions);
    // All that fit into the head: what is over Node's own limit would be cut off without a word.
    request.maxHeadersCount = 0;

    let answered = false;
    const timers = [failAfter(options.timeoutMs, 'complete answer')];
    const firstByte = options.firstByteTimeoutMs && failAfter(options.firstByteTimeoutMs, 'answer begun');
    if (firstByte) timers.push(firstByte);
    function failAfter(ms: number, what: string): NodeJS.Timeout {
      return setTimeout(() => fail(new ClientError('timeout', `no ${what} within ${ms} ms`)), ms);
    }
    function done(): void {
      for (const timer of timers) clearTimeout(timer);
    }
    function fail(error: ClientError): void {
      done();
      request.destroy();
      reject(error);
    }

    request.on('socket', (socket) => {
      lastUsedAt.set(socket, Date.now());
      if (!socket.connecting) return;
      const timer = failAfter(options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS, 'connection');
      timers.push(timer);
      socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(timer));
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      const dead = request.reusedSocket && !answered && DEAD_SOCKET.has(error.code ?? '');
      const kind = error.code === 'HPE_HEADER_OVERFLOW' ? 'too-large' : 'connection';
      // Where a name has several addresses and none answers, there is a code and no message.
      fail(new ClientError(kind, error.message || String(error.code), dead));
    });
    request.on('close', () => {
      if (!answered) fail(new ClientError('connection', 'closed before an answer'));
    });
    request.on('upgrade', (_response, socket) => {
      socket.destroy();
      fail(new ClientError('connection', 'answered with a change of protocol that nobody asked for'));
    });
    request.on('response', (response) => {
      answered = true;
      if (firstByte) clearTimeout(firstByte);
      collect(response, options.maxBytes).then((body) => {
        done();
        if (response.statusCode === 204 || response.statusCode === 304) request.socket?.destroy();
        if (request.socket) lastUsedAt.set(request.socket, Date.now());
        resolve({ status: response.statusCode ?? 0, headers: headerList(response), body });
      }, fail);
    });
    // A chunk of nothing would make a second buffer of what is written.
    request.end(options.body?.length ? options.body : undefined);
  });
}

/** Names and values in turns, which node:http writes as they are. */
function rawHeaders(headers: HeaderList): string[] {
  const raw: string[] = [];
  for (const [name, value] of headers) raw.push(name, wireValue(value));
  return raw;
}

function dropIdleSockets({ freeSockets }: HttpAgent): void {
  for (const origin in freeSockets) {
    for (const socket of freeSockets[origin] ?? []) {
      if (Math.abs(Date.now() - (lastUsedAt.get(socket) ?? 0)) > MAX_IDLE_MS) socket.destroy();
    }
  }
}

function collect(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) reject(new ClientError('too-large', `the body is over ${maxBytes} bytes`));
      else chunks.push(chunk);
    });
    response.on('end', () => resolve(Buffer.concat(chunks)));
    response.on('error', (error) => reject(new ClientError('connection', error.message)));
    // It also closes after its end, and an error that nobody gets costs its stack.
    response.on('close', () => {
      if (!response.readableEnded) reject(new ClientError('connection', 'closed within the body'));
    });
  });
}

function headerList({ rawHeaders }: IncomingMessage): HeaderList {
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers.push([String(rawHeaders[i]).toLowerCase(), String(rawHeaders[i + 1])]);
  }
  return headers;
}
