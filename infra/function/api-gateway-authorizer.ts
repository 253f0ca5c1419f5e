import { ArnFormat, CfnOutput, aws_lambda as lambda, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENVIRONMENT, type HttpApiResponse } from '../../lambda/contract.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { VerifierFunction, type VerifierFunctionSettings } from './verifier-function.ts';

interface ApiGatewayAuthorizerProps {
  readonly code: lambda.Code;
  readonly configuration: Configuration;
  readonly settings: VerifierFunctionSettings;
  readonly httpApiResponse: HttpApiResponse;
  /** Whether an API caches the function's answers. */
  readonly cached: boolean;
}

/** The function as a Lambda authorizer, for any API of API Gateway or AppSync in the account and region. */
export class ApiGatewayAuthorizer extends Construct {
  readonly function: VerifierFunction;

  constructor(scope: Construct, id: string, props: ApiGatewayAuthorizerProps) {
    super(scope, id);
    const { code, configuration, settings, httpApiResponse, cached } = props;
    this.function = new VerifierFunction(this, 'Function', {
      entry: 'authorizer-handler',
      description: 'Verifies the JWT of a request for API Gateway',
      code,
      configuration,
      settings,
      environment: {
        [ENVIRONMENT.httpApiResponse]: httpApiResponse,
        [ENVIRONMENT.authorizerCache]: String(cached),
      },
    });
    const { functionArn } = this.function.live;
    const stack = Stack.of(this);
    new lambda.CfnPermission(this, 'InvokePermission', {
      action: 'lambda:InvokeFunction',
      functionName: functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceAccount: stack.account,
      sourceArn: stack.formatArn({
        service: 'execute-api',
        resource: '*',
        resourceName: 'authorizers/*',
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      }),
    });
    // AppSync is a principal of its own. The ARN has the account in it, so that no other's API may invoke.
    new lambda.CfnPermission(this, 'AppSyncPermission', {
      action: 'lambda:InvokeFunction',
      functionName: functionArn,
      principal: 'appsync.amazonaws.com',
      sourceArn: stack.formatArn({ service: 'appsync', resource: 'apis', resourceName: '*' }),
    });
    // The output's own name is short, so it is the stack's and not this construct's.
    new CfnOutput(stack, 'AuthorizerArn', {
      value: functionArn,
      description: "Function to use as an API's Lambda authorizer",
    });
  }
}
