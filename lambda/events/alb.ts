import { isUtf8 } from 'node:buffer';
import type { ALBEvent, ALBResult } from 'aws-lambda';
import { type HeaderList, type HttpRequest, type HttpResponse, headerValues } from '../core/http/message.ts';
import { headersOf, queryOf } from './lists.ts';

const NO_BODY = new Uint8Array();

/**
 * ALB target event <-> request and response. If the target group has multi-value headers enabled, lists arrive as lists
 * and must go back as lists. Otherwise the event contains only the last of several fields with the same name.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export function requestFromAlb(event: ALBEvent): HttpRequest {
  return {
    method: event.httpMethod,
    path: event.path,
    // The load balancer does not decode the query, so it only has to be reassembled.
    query: queryOf(event.multiValueQueryStringParameters, event.queryStringParameters),
    headers: headersOf(event.multiValueHeaders, event.headers),
    body: event.body ? Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8') : NO_BODY,
  };
}

/** Largest response that a load balancer accepts from a function, in bytes of JSON. */
export const MAX_ALB_RESPONSE_BYTES = 1_048_576;

/** Largest header section of a response that a load balancer accepts, in bytes of the fields as they are sent. */
export const MAX_ALB_RESPONSE_HEADER_BYTES = 32 * 1024;

/** The response in the form that the event requires; undefined if it would exceed one of the limits. */
export function responseToAlb(response: HttpResponse, event: ALBEvent): ALBResult | undefined {
  const { status, headers } = response;
  let fieldBytes = 0;
  for (const [name, value] of headers) fieldBytes += name.length + value.length + 4;
  if (fieldBytes > MAX_ALB_RESPONSE_HEADER_BYTES) return undefined;
  const body = bodyToAlb(response);
  const result: ALBResult = {
    statusCode: status,
    ...(event.multiValueHeaders ? { multiValueHeaders: lists(headers) } : { headers: singles(headers) }),
    ...body,
  };
  // Escaping makes text longer, so near the limit the JSON itself is measured.
  const roughly = body.body.length;
  if (roughly > MAX_ALB_RESPONSE_BYTES) return undefined;
  if (
    roughly > MAX_ALB_RESPONSE_BYTES / 8 &&
    Buffer.byteLength(JSON.stringify(result)) > MAX_ALB_RESPONSE_BYTES
  ) {
    return undefined;
  }
  return result;
}

/**
 * Text and JSON in UTF-8 go as text, so that they are readable in a trace. Anything else, and anything compressed, goes
 * as base64.
 */
function bodyToAlb({ headers, body }: HttpResponse): { body: string; isBase64Encoded: boolean } {
  const [type = ''] = headerValues(headers, 'content-type');
  const encoded = headerValues(headers, 'content-encoding').length > 0;
  const isText = !encoded && /^(?:text\/|application\/(?:.+\+)?json\b)/i.test(type) && isUtf8(body);
  const buffer = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return { body: buffer.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}

function lists(headers: HeaderList): Record<string, string[]> {
  const result: Record<string, string[]> = Object.create(null);
  for (const [name, value] of headers) {
    const values = result[name];
    if (values === undefined) result[name] = [value];
    else values.push(value);
  }
  return result;
}

/**
 * One value per name: fields with the same name are joined (RFC 9110 §5.3), except Set-Cookie, where the last one is
 * kept.
 */
function singles(headers: HeaderList): Record<string, string> {
  const joined = Object.entries(lists(headers)).map(([name, values]) => [
    name,
    name === 'set-cookie' ? values.at(-1) : values.join(', '),
  ]);
  return Object.fromEntries(joined);
}
