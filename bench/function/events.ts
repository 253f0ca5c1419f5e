/** The load balancer's event for a request, with multi-value headers enabled. */
export const albEvent = (token: string, path = '/api/orders/42'): string =>
  JSON.stringify({
    requestContext: {
      elb: {
        targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/api/0123456789',
      },
    },
    httpMethod: 'GET',
    path,
    multiValueQueryStringParameters: { page: ['2'], size: ['50'] },
    multiValueHeaders: {
      accept: ['application/json'],
      authorization: [`Bearer ${token}`],
      host: ['api.example.com'],
      'user-agent': ['orders-service/1.4.2'],
      'x-amzn-trace-id': ['Root=1-67891233-abcdef012345678912345678'],
      'x-forwarded-for': ['203.0.113.7'],
      'x-forwarded-port': ['443'],
      'x-forwarded-proto': ['https'],
    },
    body: '',
    isBase64Encoded: false,
  });

/** An HTTP API's event for its authorizer, in payload format 2.0. */
export const authorizerEvent = (token: string): string =>
  JSON.stringify({
    version: '2.0',
    type: 'REQUEST',
    routeArn: 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/$default/GET/api/orders/42',
    identitySource: [`Bearer ${token}`],
    routeKey: '$default',
    rawPath: '/api/orders/42',
    rawQueryString: 'page=2&size=50',
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${token}`,
      host: 'api.example.com',
      'user-agent': 'orders-service/1.4.2',
      'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678',
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdef123',
      domainName: 'api.example.com',
      http: { method: 'GET', path: '/api/orders/42', protocol: 'HTTP/1.1', sourceIp: '203.0.113.7' },
      requestId: 'JKJaXmPLvHcESHA=',
      stage: '$default',
    },
  });
