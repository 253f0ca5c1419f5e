import type { ALBEvent, Context } from 'aws-lambda';

export interface TestRequest {
  readonly method?: string;
  /** Path and query, as a client would send them. */
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
}

/** The load balancer's event for a request, with multi-value headers enabled. */
export function albEvent({
  method = 'GET',
  target = '/api/x',
  headers = {},
  body = '',
}: TestRequest = {}): ALBEvent {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const query: Record<string, string[]> = {};
  for (const part of mark === -1 ? [] : target.slice(mark + 1).split('&')) {
    const [name = '', value = ''] = part.split(/=(.*)/s);
    query[name] = [...(query[name] ?? []), value];
  }
  const binary = typeof body !== 'string';
  return {
    requestContext: {
      elb: { targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/t/1' },
    },
    httpMethod: method,
    path,
    multiValueQueryStringParameters: query,
    multiValueHeaders: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        typeof value === 'string' ? [value] : [...value],
      ]),
    ),
    body: binary ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: binary,
  };
}

/** Lambda's context with this much time left. */
export const lambdaContext = (remainingMs = 30_000): Context =>
  ({ awsRequestId: 'request-1', getRemainingTimeInMillis: () => remainingMs }) as Context;
