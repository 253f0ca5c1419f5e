import type { ALBEvent } from 'aws-lambda';

/** What the load balancer sends for a GET request, if its target group has multi-value headers enabled. */
export function requestEvent(path: string, token?: string): ALBEvent {
  return {
    requestContext: {
      elb: {
        targetGroupArn:
          'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/verifier/0123456789abcdef',
      },
    },
    httpMethod: 'GET',
    path,
    multiValueQueryStringParameters: {},
    multiValueHeaders: {
      accept: ['*/*'],
      ...(token === undefined ? {} : { authorization: [`Bearer ${token}`] }),
      host: ['api.example.com'],
      'x-amzn-trace-id': ['Root=1-5c536348-3d683b8b04734faae651f476'],
      'x-forwarded-for': ['203.0.113.7'],
      'x-forwarded-port': ['80'],
      'x-forwarded-proto': ['http'],
    },
    body: '',
    isBase64Encoded: false,
  };
}
