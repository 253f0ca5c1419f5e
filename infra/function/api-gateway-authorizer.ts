import { ArnFormat, Duration, type aws_iam as iam, aws_lambda as lambda, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ENVIRONMENT, type HttpApiResponse } from '../../lambda/contract.ts';
import type { Configuration } from '../configuration/configuration.ts';
import { checkOptions } from '../options/check-options.ts';
import { FRONT_DOOR_OPTIONS } from '../options/groups/front-door.ts';
import { bundledCode } from './bundled-code.ts';
import { VerifierFunction } from './verifier-function.ts';
import type { VerifierSettings } from './verifier-settings.ts';

/** Properties of an `ApiGatewayAuthorizer`. */
export interface ApiGatewayAuthorizerProps extends VerifierSettings {
  /** The parameters that the function reads. */
  readonly configuration: Configuration;
  /**
   * Time limit for one request, from 3 to 10 seconds: API Gateway waits at most 10 seconds for an authorizer.
   *
   * @default Duration.seconds(10)
   */
  readonly timeout?: Duration | undefined;
  /**
   * How the function responds to an HTTP API with payload format 2.0: `simple` or `iam`.
   *
   * @default 'simple'
   */
  readonly httpApiResponse?: HttpApiResponse | undefined;
  /**
   * Whether any API caches the function's responses. If so, the function rejects a policy that reads tokens from anywhere but
   * `Authorization`, limits the age of logins, or has a resource that only some pages may call.
   *
   * @default false
   */
  readonly cached?: boolean | undefined;
  /**
   * The function's code.
   *
   * @default - the bundle of this package
   */
  readonly code?: lambda.Code;
}

/** The longest that API Gateway waits for an authorizer. */
const LONGEST_WAIT = Duration.seconds(10);

/**
 * A Lambda authorizer for any API of API Gateway or AppSync in the account and region. It makes the same decisions as a
 * `VerifierTarget`. It gets no bodies, so it rejects a policy with routes for MCP messages, and it serves no protected resource metadata.
 */
export class ApiGatewayAuthorizer extends Construct implements iam.IGrantable {
  /** The function, with its alias, its role and its log group. */
  readonly function: VerifierFunction;
  /** The function's alias. Give it to an API as its authorizer. */
  readonly handler: lambda.IFunction;
  /** The function's role. */
  readonly grantPrincipal: iam.IPrincipal;

  constructor(scope: Construct, id: string, props: ApiGatewayAuthorizerProps) {
    super(scope, id);
    const {
      code = bundledCode('authorizer-handler'),
      configuration,
      httpApiResponse = FRONT_DOOR_OPTIONS.httpApiResponse.default,
      cached = FRONT_DOOR_OPTIONS.authorizerCache.default,
      timeout = LONGEST_WAIT,
      ...settings
    } = props;
    const seconds = timeout.toSeconds({ integral: false });
    const most = LONGEST_WAIT.toSeconds();
    checkOptions(
      this.node.path,
      { authorizer: true, httpApiResponse, authorizerCache: cached },
      { authorizerCache: 'cached' },
      seconds > most
        ? [
            `timeout must be at most ${most} seconds, because API Gateway does not wait longer for an authorizer; it is ${seconds}`,
          ]
        : [],
    );
    this.function = new VerifierFunction(this, 'Function', {
      entry: 'authorizer-handler',
      description: 'Verifies the JWT of a request for API Gateway',
      code,
      configuration,
      ...settings,
      timeout,
      environment: {
        [ENVIRONMENT.httpApiResponse]: httpApiResponse,
        [ENVIRONMENT.authorizerCache]: String(cached),
      },
    });
    // The cast is for exactOptionalPropertyTypes, which CDK's declarations don't compile under.
    this.handler = this.function.live as lambda.IFunction;
    this.grantPrincipal = this.function.resource.grantPrincipal;
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
    // AppSync is a separate principal. The ARN contains the account, so that no other account's API may invoke.
    new lambda.CfnPermission(this, 'AppSyncPermission', {
      action: 'lambda:InvokeFunction',
      functionName: functionArn,
      principal: 'appsync.amazonaws.com',
      sourceArn: stack.formatArn({ service: 'appsync', resource: 'apis', resourceName: '*' }),
    });
  }
}
