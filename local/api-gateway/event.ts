import { randomBytes, randomUUID } from 'node:crypto';
import type { ReceivedRequest } from '../load-balancer/alb-event.ts';
import { queryPairs } from '../load-balancer/query-string.ts';
import { decodePath, encodePath } from './path.ts';

/** Kinds of API, by their authorizer's event: payload format 2.0 or 1.0 of HTTP APIs, REQUEST or TOKEN of REST APIs. */
export const API_KINDS = ['http', 'http-v1', 'rest', 'rest-token'] as const;

export type ApiKind = (typeof API_KINDS)[number];

export const isHttpApi = (kind: ApiKind): boolean => kind === 'http' || kind === 'http-v1';

/** Where the API is, in AWS's terms. */
export interface ApiPlace {
  readonly region: string;
  readonly account: string;
  /** By default, `$default` for an HTTP API and `local` for a REST API. */
  readonly stage?: string;
  /** The custom domain of the call; by default, the API's own. The base path is that of the domain's mapping, or empty. */
  readonly domain?: { readonly name: string; readonly basePath: string };
}

/** A request to an API. The path is the one within the API, as the API reads it. */
export type ApiRequest = Pick<ReceivedRequest, 'method' | 'path' | 'query' | 'headers' | 'sourceIp'>;

const API_ID = 'local00000';

/** An API's ids for a request. */
export interface RequestIds {
  readonly requestId: string;
  readonly extendedRequestId: string;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * An HTTP API uses one id for both. A client of a REST API may choose the first, as a UUID.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-access-logging.html
 */
export function requestIdsFor(kind: ApiKind, { headers }: Pick<ApiRequest, 'headers'>): RequestIds {
  const extendedRequestId = `${randomBytes(11).toString('base64url')}=`;
  if (isHttpApi(kind)) return { requestId: extendedRequestId, extendedRequestId };
  const [, chosen = ''] = headers.find(([name]) => lower(name) === 'x-amzn-requestid') ?? [];
  return { requestId: UUID.test(chosen) ? chosen : randomUUID(), extendedRequestId };
}

/** The ids as header fields of the response. */
export const requestIdFields = (kind: ApiKind, ids: RequestIds): Record<string, string> =>
  isHttpApi(kind)
    ? { 'Apigw-Requestid': ids.requestId }
    : { 'x-amzn-RequestId': ids.requestId, 'x-amz-apigw-id': ids.extendedRequestId };

const stageOf = (kind: ApiKind, { stage }: ApiPlace): string =>
  stage ?? (isHttpApi(kind) ? '$default' : 'local');

/** The called method's ARN, as policies name it. An HTTP API has only one route here, whatever the path. */
export function arnOf(kind: ApiKind, { method, path }: ApiRequest, place: ApiPlace): string {
  const api = `arn:aws:execute-api:${place.region}:${place.account}:${API_ID}/${stageOf(kind, place)}`;
  return isHttpApi(kind) ? `${api}/$default` : `${api}/${method}${path}`;
}

/**
 * The prefix of the path in an event. Format 2.0 of HTTP APIs has a named stage there and never a mapping. The other formats
 * have the base path of a custom domain's mapping, and format 1.0 has a named stage on the API's own domain.
 */
function prefixOf(kind: ApiKind, place: ApiPlace): string {
  if (place.domain && kind !== 'http') return place.domain.basePath;
  const stage = stageOf(kind, place);
  return isHttpApi(kind) && stage !== '$default' ? `/${stage}` : '';
}

/**
 * Builds the event for an authorizer; `token` is the Authorization header, or empty without one.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export function buildAuthorizerEvent(
  kind: ApiKind,
  request: ApiRequest,
  token: string,
  place: ApiPlace,
  ids: RequestIds = requestIdsFor(kind, request),
): object {
  const arn = arnOf(kind, request, place);
  if (kind === 'rest-token') return { type: 'TOKEN', methodArn: arn, authorizationToken: token };
  const { method, query, sourceIp } = request;
  const path = prefixOf(kind, place) + request.path;
  const domainName = place.domain?.name ?? `${API_ID}.execute-api.${place.region}.amazonaws.com`;
  const context = {
    accountId: place.account,
    apiId: API_ID,
    domainName,
    domainPrefix: domainName.split('.')[0],
    requestId: ids.requestId,
    stage: stageOf(kind, place),
  };
  if (kind === 'http') {
    const { cookie: cookies = [], ...headers } = listsOf(request.headers, lower);
    return {
      version: '2.0',
      type: 'REQUEST',
      routeArn: arn,
      identitySource: token === '' ? [] : [token],
      routeKey: '$default',
      rawPath: path,
      rawQueryString: query,
      ...(cookies.length > 0 && { cookies: cookies.flatMap((field) => field.split(/; */)) }),
      headers: mapValues(headers, (values) => values.join(',')),
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
  const resource = isHttpApi(kind) ? '$default' : '/{proxy+}';
  return {
    ...(isHttpApi(kind) && { version: '1.0', identitySource: token, authorizationToken: token }),
    type: 'REQUEST',
    methodArn: arn,
    resource,
    path,
    httpMethod: method,
    headers: mapValues(multiValueHeaders, last),
    multiValueHeaders,
    queryStringParameters: mapValues(multiValueQueryStringParameters, last),
    multiValueQueryStringParameters,
    pathParameters: { proxy: request.path.slice(1) },
    stageVariables: {},
    requestContext: {
      ...context,
      extendedRequestId: ids.extendedRequestId,
      path,
      httpMethod: method,
      resourcePath: resource,
      protocol: 'HTTP/1.1',
      identity: { sourceIp },
    },
  };
}

/** A sent path, as the API reads it; undefined if it responds with 400. */
export const readPath = (kind: ApiKind, sent: string): string | undefined =>
  isHttpApi(kind) ? decodePath(sent) : sent;

/**
 * The path that an integration gets. HTTP APIs are only known to forward plain paths unchanged; this encodes the others
 * again.
 */
export const integrationPath = (kind: ApiKind, path: string): string =>
  isHttpApi(kind) ? encodePath(path) : path;

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

/** API Gateway decodes the query; the load balancer does not. */
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
