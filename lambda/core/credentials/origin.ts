import { type HttpRequest, headerValues } from '../http/message.ts';
import type { Place } from './place.ts';

/** Methods that change nothing (RFC 9110 §9.2.1). */
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/**
 * Why the page that sent a credential must not use it; undefined where it may. Browsers add cookies to requests from
 * any page. So a request that changes something must show that it is from one of our pages (Fetch Standard §3.1), and
 * so must the opening of a WebSocket, which no same-origin policy restricts.
 */
export function originProblem(
  place: Place,
  request: HttpRequest,
  allowed: readonly string[],
): string | undefined {
  if (place.kind !== 'cookie') return undefined;
  if (request.via !== 'websocket' && SAFE_METHODS.includes(request.method)) return undefined;
  const [origin, ...more] = headerValues(request.headers, 'origin');
  if (origin === undefined) {
    const use = request.via === 'websocket' ? 'on a WebSocket' : 'with this method';
    return `a cookie ${use} needs an Origin header, but there is none`;
  }
  if (more.length > 0) return 'more than one Origin header';
  return allowed.includes(origin)
    ? undefined
    : 'the Origin is neither in "publicOrigins" nor in "cors.origins" with "credentials": true';
}
