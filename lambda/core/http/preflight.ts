import { type HttpRequest, soleValue } from './message.ts';

/**
 * Whether a request is a CORS preflight (Fetch Standard §3.3.2). Browsers send one without credentials, body or
 * anything else of the actual request.
 */
export const isPreflight = ({ method, headers }: HttpRequest): boolean =>
  method === 'OPTIONS' &&
  typeof soleValue(headers, 'origin') === 'string' &&
  typeof soleValue(headers, 'access-control-request-method') === 'string';
