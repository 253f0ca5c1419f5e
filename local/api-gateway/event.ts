import { randomUUID } from 'node:crypto';
import type { ReceivedRequest } from '../load-balancer/alb-event.ts';
import { queryPairs } from '../load-balancer/query-string.ts';

/** Kinds of API, by what their authorizer is asked: 2.0 of HTTP APIs, REQUEST or TOKEN of REST APIs. */
export const API_KINDS = ['http', 'rest', 'rest-token'] as const;

export type ApiKind = (typeof API_KINDS)[number];

/** Where the API would be. */
export interface ApiPlace {
  readonly region: string;
  readonly account: string;
}

const API_ID = 'local00000';
const STAGES: Readonly<Record<ApiKind, string>> = { http: '$default', rest: 'local', 'rest-token': 'local' };

/** ARN of what is called, as policies name it. HTTP APIs have one route here, whatever the path. */
export function arnOf(kind: ApiKind, { method, path }: ReceivedRequest, place: ApiPlace): string {
  const api = `arn:aws:execute-api:${place.region}:${place.account}:${API_ID}/${STAGES[kind]}`;
  return kind === 'http' ? `${api}/$default` : `${api}/${method}${path}`;
}

/**
 * The event for an authorizer whose identity source is the Authorization header.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export function buildAuthorizerEvent(
  kind: ApiKind,
  request: ReceivedRequest,
  token: string,
  place: ApiPlace,
): object {
  const arn = arnOf(kind, request, place);
  if (kind === 'rest-token') return { type: 'TOKEN', methodArn: arn, authorizationToken: token };
  const { method, path, query, sourceIp } = request;
  const context = {
    accountId: place.account,
    apiId: API_ID,
    domainName: 'localhost',
    requestId: randomUUID(),
    stage: STAGES[kind],
  };
  if (kind === 'http') {
    return {
      version: '2.0',
      type: 'REQUEST',
      routeArn: arn,
      identitySource: [token],
      routeKey: '$default',
      rawPath: path,
      rawQueryString: query,
      headers: mapValues(listsOf(request.headers, lower), (values) => values.join(',')),
      queryStringParameters: mapValues(queryLists(query), (values) => values.join(',')),
      requestContext: {
        ...context,
        routeKey: '$default',
        http: { method, path, protocol: 'HTTP/1.1', sourceIp, userAgent: '' },
      },
    };
  }
  const multiValueHeaders = listsOf(request.headers, (name) => name);
  const multiValueQueryStringParameters = queryLists(query);
  return {
    type: 'REQUEST',
    methodArn: arn,
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers: mapValues(multiValueHeaders, last),
    multiValueHeaders,
    queryStringParameters: mapValues(multiValueQueryStringParameters, last),
    multiValueQueryStringParameters,
    pathParameters: { proxy: path.slice(1) },
    stageVariables: {},
    requestContext: {
      ...context,
      path,
      httpMethod: method,
      resourcePath: '/{proxy+}',
      protocol: 'HTTP/1.1',
      identity: { sourceIp },
    },
  };
}

type Lists = Readonly<Record<string, readonly string[]>>;

const lower = (name: string): string => name.toLowerCase();
const last = (values: readonly string[]): string => values.at(-1) ?? '';

function listsOf(
  pairs: readonly (readonly [name: string, value: string])[],
  nameOf: (name: string) => string,
): Lists {
  const lists = new Map<string, string[]>();
  for (const [name, value] of pairs) lists.set(nameOf(name), [...(lists.get(nameOf(name)) ?? []), value]);
  return Object.fromEntries(lists);
}

/** API Gateway decodes the query, other than the load balancer. */
function queryLists(query: string): Lists {
  return listsOf(
    queryPairs(query).map(([name, value]): [string, string] => [decode(name), decode(value)]),
    (name) => name,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

const mapValues = (lists: Lists, map: (values: readonly string[]) => string): Record<string, string> =>
  Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, map(values)]));
