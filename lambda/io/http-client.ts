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

/** Detects an address that swallows packets early, while there is time left to respond. In ms. */
export const CONNECT_TIMEOUT_MS = 3_000;

/**
 * A socket that has been idle for longer is not reused, in ms: common servers close it after 5 s (Node.js, uvicorn)
 * or more, and a request that cannot be repeated must not run into that. Compares timestamps, because timers stand
 * still while the sandbox is frozen.
 */
const MAX_IDLE_MS = 4_000;

/** Longest header section of a response, in bytes: the most that a load balancer accepts from a target. */
const MAX_HEAD_BYTES = 32 * 1024;

/** Errors of a kept-alive socket that the other side has closed. */
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
  /** To establish a connection, TLS included, in ms; 3 s unless set. */
  readonly connectTimeoutMs?: number;
  /** Until the header section of the response has arrived, in ms. Default: as long as the whole exchange may take. */
  readonly firstByteTimeoutMs?: number;
  /** Longest body that is read, in bytes. */
  readonly maxBytes: number;
  /** Certificates in PEM form to trust in place of the public authorities. */
  readonly ca?: string;
  /** Resolves the host's name; the system's resolver unless set. Not called if the host is an address. */
  readonly lookup?: LookupFunction;
}

export interface ClientResponse {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
}

/** Why there is no response. `reused` says that a kept-alive socket died before the first byte of a response. */
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
 * One exchange over node:http(s) with kept-alive sockets: no redirects, no decompression, no retries, no header
 * fields of its own. Rejects with a ClientError.
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
      // On a kept socket, bytes after a response that must not have a body would be taken for the next response.
      agent: options.newSocket === true || options.method === 'HEAD' ? false : agent,
      setDefaultHeaders: false,
      // The certificate must be for the origin, whatever Host says. An address is not a server name (RFC 6066 §3).
      ...(secure && { servername: isIP(host) === 0 ? host : '' }),
      ...(secure && options.ca && { ca: options.ca }),
      ...(options.lookup && { lookup: options.lookup }),
    };
    const request = (secure ? httpsRequest : httpRequest)(requestOptions);
    // No limit on the number of fields: Node.js silently drops fields beyond its own limit.
    request.maxHeadersCount = 0;

    let responded = false;
    const timers = [failAfter(options.timeoutMs, 'complete response')];
    const firstByte =
      options.firstByteTimeoutMs && failAfter(options.firstByteTimeoutMs, 'first byte of a response');
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
      const dead = request.reusedSocket && !responded && DEAD_SOCKET.has(error.code ?? '');
      const kind = error.code === 'HPE_HEADER_OVERFLOW' ? 'too-large' : 'connection';
      // If a name has several addresses and none responds, the error has a code but no message.
      fail(new ClientError(kind, error.message || String(error.code), dead));
    });
    request.on('close', () => {
      if (!responded) fail(new ClientError('connection', 'closed before a response'));
    });
    request.on('upgrade', (_response, socket) => {
      socket.destroy();
      fail(new ClientError('connection', 'responded with a protocol upgrade that was not requested'));
    });
    request.on('response', (response) => {
      responded = true;
      if (firstByte) clearTimeout(firstByte);
      collect(response, options.maxBytes).then((body) => {
        done();
        if (response.statusCode === 204 || response.statusCode === 304) request.socket?.destroy();
        if (request.socket) lastUsedAt.set(request.socket, Date.now());
        resolve({ status: response.statusCode ?? 0, headers: headerList(response), body });
      }, fail);
    });
    // An empty chunk would cause a second buffer to be written.
    request.end(options.body?.length ? options.body : undefined);
  });
}

/** Names and values alternately, which node:http writes unchanged. */
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
    // 'close' also follows 'end', and an error that nobody gets still costs its stack trace.
    response.on('close', () => {
      if (!response.readableEnded) reject(new ClientError('connection', 'closed in the middle of the body'));
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
