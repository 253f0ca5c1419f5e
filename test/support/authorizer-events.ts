/** Authorizer events of each kind of API, from the documentation. */

/** An API's domain at API Gateway. */
export const OWN_DOMAIN = 'abcdef123.execute-api.us-east-1.amazonaws.com';

const API_ARN = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123';
export const REST_ARN = `${API_ARN}/prod/GET/orders/7`;
/** The event of the route for every path, in the default stage of an HTTP API. */
export const DEFAULT_ROUTE_ARN = `${API_ARN}/$default/$default`;

export const restTokenEvent = (authorizationToken: string, methodArn = REST_ARN) => ({
  type: 'TOKEN',
  methodArn,
  authorizationToken,
});

export const restRequestEvent = (token: string | undefined, overrides: object = {}) => ({
  type: 'REQUEST',
  methodArn: REST_ARN,
  resource: '/orders/{id}',
  path: '/orders/7',
  httpMethod: 'GET',
  headers: token === undefined ? {} : { Authorization: token },
  multiValueHeaders: token === undefined ? {} : { Authorization: [token] },
  queryStringParameters: {},
  multiValueQueryStringParameters: {},
  pathParameters: { id: '7' },
  stageVariables: {},
  requestContext: {
    apiId: 'abcdef123',
    domainName: OWN_DOMAIN,
    stage: 'prod',
    path: '/prod/orders/7',
    httpMethod: 'GET',
  },
  ...overrides,
});

export const httpApiV1Event = (token: string, overrides: object = {}) => ({
  ...restRequestEvent(token),
  version: '1.0',
  ...overrides,
});

/** The request context of both payload formats, on a custom domain. */
export const onDomain = (domainName: string, method = 'GET') => ({
  apiId: 'abcdef123',
  domainName,
  stage: '$default',
  http: { method },
});

export const httpApiV2Event = (token: string | undefined, overrides: object = {}) => ({
  version: '2.0',
  type: 'REQUEST',
  routeArn: DEFAULT_ROUTE_ARN,
  identitySource: token === undefined ? [] : [token],
  routeKey: '$default',
  rawPath: '/orders/7',
  rawQueryString: 'a=1',
  cookies: [],
  headers: token === undefined ? {} : { authorization: token },
  requestContext: {
    apiId: 'abcdef123',
    domainName: OWN_DOMAIN,
    stage: '$default',
    http: { method: 'GET', path: '/orders/7' },
  },
  ...overrides,
});

export const webSocketEvent = (token: string) => ({
  type: 'REQUEST',
  methodArn: 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/$connect',
  headers: { Authorization: token },
  multiValueHeaders: { Authorization: [token] },
  queryStringParameters: {},
  multiValueQueryStringParameters: {},
  stageVariables: {},
  requestContext: { routeKey: '$connect', eventType: 'CONNECT', apiId: 'abcdef123', stage: 'prod' },
});

export const appSyncEvent = (authorizationToken: string) => ({
  authorizationToken,
  requestContext: {
    apiId: 'aaaaaa123123123example123',
    accountId: '123456789012',
    requestId: 'f4081827-1111-4444-5555-5cf4695f339f',
    queryString: 'mutation CreateEvent {...}',
    operationName: 'MyQuery',
    variables: {},
  },
  requestHeaders: { 'application request headers': 'x' },
});
