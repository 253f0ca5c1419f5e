import {
  aws_apigateway as apigateway,
  aws_apigatewayv2 as apigatewayv2,
  aws_apigatewayv2_authorizers as authorizers,
  CfnOutput,
  Duration,
  aws_apigatewayv2_integrations as integrations,
  aws_lambda as lambda,
  aws_logs as logs,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { encryptLogs } from './encrypted-logs.ts';

interface DemoApiProps {
  readonly kind: 'http' | 'rest';
  readonly authorizer: lambda.IFunction;
  /** The operator's KMS key for the log group, if any. */
  readonly logKeyArn: string | undefined;
}

/** Returns what the authorizer found out, in the form in which either kind of API passes it on. */
const ECHO = `exports.handler = async ({ requestContext: { authorizer } }) => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(authorizer?.lambda ?? authorizer ?? {}),
});`;

/** An API to try the authorizer with. Every path returns the verified identity. */
export class DemoApi extends Construct {
  constructor(scope: Construct, id: string, { kind, authorizer, logKeyArn }: DemoApiProps) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'EchoLog', {
      retention: logs.RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    encryptLogs(logGroup, logKeyArn);
    const echo = new lambda.Function(this, 'Echo', {
      description: 'Returns the identity that the authorizer passed',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: lambda.Code.fromInline(ECHO),
      logGroup,
    });
    new CfnOutput(Stack.of(this), 'DemoApiUrl', {
      value: kind === 'http' ? this.httpApi(authorizer, echo) : this.restApi(authorizer, echo),
      description: 'Where to send requests with a bearer token; any path will do',
    });
  }

  private httpApi(authorizer: lambda.IFunction, echo: lambda.IFunction): string {
    const api = new apigatewayv2.HttpApi(this, 'Http', {
      description: 'Tries the authorizer out',
      defaultAuthorizer: new authorizers.HttpLambdaAuthorizer('Authorizer', authorizer, {
        responseTypes: [authorizers.HttpLambdaResponseType.SIMPLE],
        // API Gateway caches responses by the identity sources only, so a cached response would apply to every path. It
        // also rejects a request without one of them before it calls the authorizer, so no route could be anonymous.
        resultsCacheTtl: Duration.seconds(0),
        identitySource: [],
      }),
    });
    api.addRoutes({
      path: '/{proxy+}',
      integration: new integrations.HttpLambdaIntegration('Echo', echo),
    });
    return `${api.apiEndpoint}/api/`;
  }

  private restApi(authorizer: lambda.IFunction, echo: lambda.IFunction): string {
    const api = new apigateway.LambdaRestApi(this, 'Rest', {
      description: 'Tries the authorizer out',
      handler: echo,
      cloudWatchRole: false,
      deployOptions: { stageName: 'demo', tracingEnabled: false },
      defaultMethodOptions: {
        authorizationType: apigateway.AuthorizationType.CUSTOM,
        authorizer: new apigateway.RequestAuthorizer(this, 'RestAuthorizer', {
          handler: authorizer,
          // As above: a cached response for one route must not apply to another.
          identitySources: [],
          resultsCacheTtl: Duration.seconds(0),
        }),
      },
    });
    return api.urlForPath('/api');
  }
}
