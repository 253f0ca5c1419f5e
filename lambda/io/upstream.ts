import type { ForwardOutcome } from '../core/forward.ts';
import type { HeaderList, HttpRequest } from '../core/http/message.ts';
import type { UpstreamSettings } from '../core/upstream.ts';
import { ClientError, type ClientResponse, exchange } from './http-client.ts';

/**
 * How much of the invocation's time is left when we give up on the upstream, in ms, so that the caller still gets our
 * 504.
 */
export const MARGIN_MS = 500;

/** RFC 9110 §9.2.2: sending the request twice has the same effect as sending it once. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

export interface ForwardOptions extends Partial<Pick<UpstreamSettings, 'ca' | 'firstByteTimeoutSeconds'>> {
  /** Time left in the invocation, in ms. */
  readonly remainingMs: number;
  /** Longest body of a response that can be returned, in bytes. */
  readonly maxResponseBytes: number;
}

/**
 * Sends an allowed request to the upstream's origin, with the origin's Host unless the request has one. A kept-alive
 * socket may have died while the sandbox was frozen. Then, if the method makes it safe, the request is sent once more
 * on a new socket.
 */
export async function forward(
  request: HttpRequest,
  origin: URL,
  options: ForwardOptions,
): Promise<ForwardOutcome> {
  const deadline = Date.now() + options.remainingMs - MARGIN_MS;
  const alone = isAlone(request);
  const preserved = request.headers.some(([name]) => name === 'host');
  const host: HeaderList = preserved ? [] : [['host', origin.host]];
  const send = (newSocket: boolean): Promise<ClientResponse> =>
    exchange(origin, {
      newSocket,
      method: request.method,
      target: request.query === '' ? request.path : `${request.path}?${request.query}`,
      headers: [...host, ...request.headers, ...framing(request), ...(alone ? CLOSE : [])],
      body: request.body,
      timeoutMs: Math.max(1, deadline - Date.now()),
      ...(options.firstByteTimeoutSeconds && { firstByteTimeoutMs: options.firstByteTimeoutSeconds * 1000 }),
      ...(options.ca && { ca: options.ca }),
      maxBytes: options.maxResponseBytes,
    });
  try {
    const response = await send(alone).catch((error) => again(error, request, () => send(true)));
    if (response.status >= 200 && response.status <= 599) return { kind: 'response', response };
    return { kind: 'failed', code: 'upstream_error', reason: `responded with status ${response.status}` };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return { kind: 'failed', code: FAILURES[error.kind], reason: error.message };
  }
}

const CLOSE: HeaderList = [['connection', 'close']];

/** Methods whose content has a defined meaning (RFC 9110 §9.3). */
const WITH_CONTENT = new Set(['POST', 'PUT', 'PATCH']);

/**
 * Whether a request must not share its connection: many servers do not read the body of a GET or DELETE, and on a
 * kept connection they take it for the next request.
 */
const isAlone = ({ method, body }: HttpRequest): boolean => body.length > 0 && !WITH_CONTENT.has(method);

function again<T>(error: unknown, { method }: HttpRequest, send: () => Promise<T>): Promise<T> {
  if (error instanceof ClientError && error.reused && IDEMPOTENT.has(method)) return send();
  throw error;
}

const FAILURES = {
  timeout: 'upstream_timeout',
  connection: 'upstream_error',
  'too-large': 'upstream_response_too_large',
} as const;

/** Content-Length, unless there is no body and the method does not suggest one (RFC 9110 §8.6). */
function framing({ method, body }: HttpRequest): HeaderList {
  return body.length > 0 || WITH_CONTENT.has(method) ? [['content-length', String(body.length)]] : [];
}
