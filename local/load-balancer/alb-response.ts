import { validateHeaderName, validateHeaderValue } from 'node:http';
import { parseObject } from '../parse-object.ts';

/** The load balancer's limit on a function's response JSON, and on the body of a request to a function, in bytes. */
export const LAMBDA_BODY_LIMIT = 1024 * 1024;

/** The load balancer's limit on all response headers together, in bytes. */
const RESPONSE_HEADER_LIMIT = 32 * 1024;

/** A response to the client. */
export interface AlbResponse {
  readonly status: number;
  readonly reason?: string | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export type MappedResponse =
  | { readonly kind: 'response'; readonly response: AlbResponse }
  | { readonly kind: 'malformed'; readonly problem: string };

// "The load balancer ignores hop-by-hop headers" (documentation); it frames the body itself.
const IGNORED_HEADERS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Maps a function's response JSON to the response to the client, as strictly as the load balancer, which responds with 502
 * if it cannot use the JSON.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#respond-to-load-balancer
 */
export function mapFunctionResponse(json: Buffer, options: { multiValueHeaders: boolean }): MappedResponse {
  if (json.length > LAMBDA_BODY_LIMIT) return malformed(`response JSON of ${json.length} bytes is over 1 MB`);
  const response = parseObject(json);
  if (!response) return malformed('response is not a JSON object');
  const { statusCode, statusDescription, body = '', isBase64Encoded = false } = response;

  if (
    typeof statusCode !== 'number' ||
    !Number.isInteger(statusCode) ||
    statusCode < 200 ||
    statusCode > 599
  ) {
    return malformed(`statusCode is ${JSON.stringify(statusCode)}`);
  }
  if (body !== null && typeof body !== 'string') return malformed('body is not a string');
  if (typeof isBase64Encoded !== 'boolean') return malformed('isBase64Encoded is not a boolean');

  const headers = options.multiValueHeaders
    ? multiValueHeaders(response.multiValueHeaders)
    : singleValueHeaders(response.headers);
  if (typeof headers === 'string') return malformed(headers);
  const size = headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  if (size > RESPONSE_HEADER_LIMIT) return malformed(`response headers of ${size} bytes are over 32 K`);

  const bytes = decodeBody(body ?? '', isBase64Encoded);
  if (!bytes) return malformed('body is not base64');
  const reason = typeof statusDescription === 'string' ? reasonPhrase(statusDescription) : undefined;
  // [inf] The load balancer adds this type: browsers offer to download a Lambda response without one.
  const typed = bytes.length === 0 || headers.some(([name]) => name.toLowerCase() === 'content-type');
  const all = typed ? headers : [...headers, ['Content-Type', 'application/octet-stream'] as const];
  return { kind: 'response', response: { status: statusCode, reason, headers: all, body: bytes } };
}

type Headers = [name: string, value: string][];

function multiValueHeaders(given: unknown): Headers | string {
  if (given === undefined || given === null) return [];
  if (typeof given !== 'object') return 'multiValueHeaders is not an object';
  const headers: Headers = [];
  for (const [name, values] of Object.entries(given)) {
    if (!Array.isArray(values)) return `multiValueHeaders: ${name} is not a list`;
    for (const value of values) headers.push([name, value]);
  }
  return usableHeaders(headers);
}

function singleValueHeaders(given: unknown): Headers | string {
  if (given === undefined || given === null) return [];
  if (typeof given !== 'object') return 'headers is not an object';
  return usableHeaders(Object.entries(given));
}

function usableHeaders(headers: readonly (readonly [string, unknown])[]): Headers | string {
  const usable: Headers = [];
  for (const [name, value] of headers) {
    if (IGNORED_HEADERS.has(name.toLowerCase())) continue;
    if (!['string', 'number', 'boolean'].includes(typeof value)) return `header ${name} is not a string`;
    try {
      validateHeaderName(name);
      validateHeaderValue(name, String(value));
    } catch {
      return `header ${JSON.stringify(name)} cannot be sent`;
    }
    usable.push([name, String(value)]);
  }
  return usable;
}

function decodeBody(body: string, base64: boolean): Buffer | undefined {
  if (!base64) return Buffer.from(body, 'utf8');
  return /^[A-Za-z0-9+/]*={0,2}$/.test(body) ? Buffer.from(body, 'base64') : undefined;
}

/** The phrase in a `statusDescription` such as "200 OK". */
function reasonPhrase(description: string): string | undefined {
  const phrase = description.replace(/^\d{3}\s*/, '');
  return /^[\t\x20-\x7e]+$/.test(phrase) ? phrase : undefined;
}

function malformed(problem: string): MappedResponse {
  return { kind: 'malformed', problem };
}
