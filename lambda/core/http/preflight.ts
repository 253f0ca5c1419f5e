import { type HttpRequest, soleValue } from './message.ts';

/** A CORS preflight (Fetch Standard §3.3.2): browsers send it without credentials, body or anything else of the request. */
export const isPreflight = ({ method, headers }: HttpRequest): boolean =>
  method === 'OPTIONS' &&
  typeof soleValue(headers, 'origin') === 'string' &&
  typeof soleValue(headers, 'access-control-request-method') === 'string';
