import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { HeaderList } from '../core/http/message.ts';

/** Idle sockets are dropped before common servers (and an ALB, at 60 s) would close them under us. */
const AGENT_OPTIONS = { keepAlive: true, timeout: 55_000 };
const httpAgent = new HttpAgent(AGENT_OPTIONS);
const httpsAgent = new HttpsAgent(AGENT_OPTIONS);

export interface ClientRequestOptions {
  readonly method: string;
  /** Path and query, sent as they are. */
  readonly target: string;
  /** Sent as they are, in this order; must include Host. */
  readonly headers: HeaderList;
  readonly body?: Uint8Array;
  /** For the whole exchange, in ms. */
  readonly timeoutMs: number;
  /** Longest body that is read, in bytes. */
  readonly maxBytes: number;
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
    const requestOptions: RequestOptions = {
      host: origin.hostname.replace(/^\[|\]$/g, ''),
      port: origin.port === '' ? (secure ? 443 : 80) : Number(origin.port),
      method: options.method,
      path: options.target,
      headers: options.headers.flat(),
      agent: secure ? httpsAgent : httpAgent,
      setDefaultHeaders: false,
    };
    const request = (secure ? httpsRequest : httpRequest)(requestOptions);

    let answered = false;
    const timer = setTimeout(
      () => fail(new ClientError('timeout', `no complete answer within ${options.timeoutMs} ms`)),
      options.timeoutMs,
    );
    function fail(error: ClientError): void {
      clearTimeout(timer);
      request.destroy();
      reject(error);
    }

    request.on('error', (error) =>
      fail(new ClientError('connection', error.message, request.reusedSocket && !answered)),
    );
    request.on('response', (response) => {
      answered = true;
      collect(response, options.maxBytes).then((body) => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, headers: headerList(response), body });
      }, fail);
    });
    request.end(options.body);
  });
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
    response.on('close', () => reject(new ClientError('connection', 'closed within the body')));
  });
}

function headerList({ rawHeaders }: IncomingMessage): HeaderList {
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers.push([String(rawHeaders[i]).toLowerCase(), String(rawHeaders[i + 1])]);
  }
  return headers;
}
