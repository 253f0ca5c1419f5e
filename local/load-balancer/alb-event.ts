import { randomBytes } from 'node:crypto';
import { queryPairs } from './query-string.ts';

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  /** As sent, without the query; never normalised or decoded. */
  readonly path: string;
  readonly query: string;
  /** In order, with duplicates. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
  /** The port of the listener. */
  readonly port: number;
}

export interface EventOptions {
  readonly targetGroupArn: string;
  /** The target group's `lambda.multi_value_headers.enabled`. */
  readonly multiValueHeaders: boolean;
  /** The load balancer's `routing.http.drop_invalid_header_fields.enabled`. */
  readonly dropInvalidHeaderFields: boolean;
  /** Seconds since the epoch, for the trace header. */
  readonly now: number;
}

type Lists = Record<string, string[]>;
type Singles = Record<string, string>;

/** The event that an Application Load Balancer sends to a Lambda target. */
export interface AlbEvent {
  readonly requestContext: { readonly elb: { readonly targetGroupArn: string } };
  readonly httpMethod: string;
  readonly path: string;
  readonly multiValueQueryStringParameters?: Lists;
  readonly queryStringParameters?: Singles;
  readonly multiValueHeaders?: Lists;
  readonly headers?: Singles;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/**
 * Builds the event for a request. Header names are in lower case, as in AWS's own examples.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export function buildAlbEvent(request: ReceivedRequest, options: EventOptions): AlbEvent {
  const headers = forwardedHeaders(request, options);
  const query = lists(queryPairs(request.query));
  return {
    requestContext: { elb: { targetGroupArn: options.targetGroupArn } },
    httpMethod: request.method,
    path: request.path,
    ...(options.multiValueHeaders
      ? { multiValueQueryStringParameters: query, multiValueHeaders: headers }
      : { queryStringParameters: lastOfEach(query), headers: lastOfEach(headers) }),
    ...encodeBody(request.body, headers),
  };
}

/** How many addresses the client's own `X-Forwarded-For` headers list. */
export function countForwardedAddresses(headers: ReceivedRequest['headers']): number {
  const values = headers
    .filter(([name]) => name.toLowerCase() === 'x-forwarded-for')
    .map(([, value]) => value);
  return values.length === 0 ? 0 : values.join(',').split(',').length;
}

/** The client's header fields that a target gets, with their names in lower case. */
export function fieldsForTarget(
  headers: ReceivedRequest['headers'],
  { dropInvalidHeaderFields }: Pick<EventOptions, 'dropInvalidHeaderFields'>,
): [name: string, value: string][] {
  // When the load balancer drops invalid header fields, it keeps names of letters, digits and hyphens.
  const valid = dropInvalidHeaderFields ? /^[a-z0-9-]+$/ : /^/;
  return headers
    .map(([name, value]): [string, string] => [name.toLowerCase(), value])
    .filter(([name]) => valid.test(name));
}

function forwardedHeaders(request: ReceivedRequest, options: EventOptions): Lists {
  const headers = lists(fieldsForTarget(request.headers, options));
  headers['x-forwarded-for'] = [[...(headers['x-forwarded-for'] ?? []), request.sourceIp].join(', ')];
  headers['x-forwarded-port'] = [String(request.port)];
  headers['x-forwarded-proto'] = ['http'];
  headers['x-amzn-trace-id'] = [traceId(headers['x-amzn-trace-id']?.at(-1), options.now)];
  return headers;
}

/**
 * Keeps a client's trace header and adds a `Self` field; without one, makes a new `Root`.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html
 */
function traceId(sent: string | undefined, now: number): string {
  const id = `1-${Math.floor(now).toString(16).padStart(8, '0')}-${randomBytes(12).toString('hex')}`;
  if (sent === undefined || sent === '') return `Root=${id}`;
  const kept = sent.split(';').filter((field) => !field.trim().startsWith('Self='));
  return [`Self=${id}`, ...kept].join(';');
}

function encodeBody(body: Buffer, headers: Lists): Pick<AlbEvent, 'body' | 'isBase64Encoded'> {
  if (body.length === 0) return { body: '', isBase64Encoded: false };
  const type = headers['content-type']?.at(-1) ?? '';
  if (!headers['content-encoding'] && isText(type)) {
    const text = body.toString('utf8');
    // JSON can only carry valid UTF-8. AWS does not document what it does with other bytes; base64 keeps them.
    if (Buffer.from(text, 'utf8').equals(body)) return { body: text, isBase64Encoded: false };
  }
  return { body: body.toString('base64'), isBase64Encoded: true };
}

function isText(contentType: string): boolean {
  const essence = contentType.split(';', 1).join('').trim().toLowerCase();
  return (
    essence.startsWith('text/') ||
    essence === 'application/json' ||
    essence === 'application/javascript' ||
    essence === 'application/xml'
  );
}

// Names such as `__proto__` must become ordinary members; assigning them on `{}` would not do that.
function lists(pairs: readonly (readonly [string, string])[]): Lists {
  const grouped = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const values = grouped.get(name);
    if (values) values.push(value);
    else grouped.set(name, [value]);
  }
  return Object.fromEntries(grouped);
}

function lastOfEach(grouped: Lists): Singles {
  return Object.fromEntries(Object.entries(grouped).map(([name, values]) => [name, values.at(-1) ?? '']));
}
