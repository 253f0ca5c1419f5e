import { isUtf8 } from 'node:buffer';
import type { ALBEvent, ALBResult } from 'aws-lambda';
import { type HeaderList, type HttpRequest, type HttpResponse, headerValues } from '../core/http/message.ts';
import { headersOf, queryOf } from './lists.ts';

const NO_BODY = new Uint8Array();

/**
 * ALB target event <-> request and response. With multi-value headers enabled on the target group, lists
 * come as lists and must go back as lists; without, the last of several equal fields is all there is.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export function requestFromAlb(event: ALBEvent): HttpRequest {
  return {
    method: event.httpMethod,
    path: event.path,
    // The load balancer does not decode the query, so it only has to be put together again.
    query: queryOf(event.multiValueQueryStringParameters, event.queryStringParameters),
    headers: headersOf(event.multiValueHeaders, event.headers),
    body: event.body ? Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8') : NO_BODY,
  };
}

/** Largest answer that a load balancer takes from a function, in bytes of JSON. */
export const MAX_ALB_RESPONSE_BYTES = 1_048_576;

/** Largest header of an answer that it passes on, in bytes of the fields as they are sent. */
export const MAX_ALB_RESPONSE_HEADER_BYTES = 32 * 1024;

/** The answer in the form that the event asks for; undefined where it would be over one of the limits. */
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
  // Escaping makes text longer, so the JSON is measured where the limit is near.
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

/** Text goes as text, so that it can be read in a trace; what is compressed or no UTF-8 goes as base64. */
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

/** One value a name: equal fields are joined (RFC 9110 §5.3), but for Set-Cookie, of which the last is kept. */
function singles(headers: HeaderList): Record<string, string> {
  const joined = Object.entries(lists(headers)).map(([name, values]) => [
    name,
    name === 'set-cookie' ? values.at(-1) : values.join(', '),
  ]);
  return Object.fromEntries(joined);
}
