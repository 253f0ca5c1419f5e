import type { LambdaFunction } from '../assembly/deployment.ts';

export interface LambdaVariables {
  readonly lambda: LambdaFunction;
  readonly region: string;
  /** `HOST:PORT` of the environment's Runtime API. */
  readonly runtimeApi: string;
  readonly logStream: string;
  /** Override the template's variables, for what differs locally. */
  readonly overrides: Readonly<Record<string, string>>;
}

/**
 * All variables of a function's process: Lambda's, then the template's, then the local overrides.
 * Excludes the developer's own environment, so that nothing works here only because of it.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function lambdaVariables(options: LambdaVariables): Record<string, string> {
  const { lambda, region } = options;
  return {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${lambda.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(lambda.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_NAME: lambda.name,
    AWS_LAMBDA_FUNCTION_VERSION: lambda.version,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: lambda.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: options.logStream,
    AWS_LAMBDA_RUNTIME_API: options.runtimeApi,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LAMBDA_TASK_ROOT: lambda.directory,
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
    _HANDLER: lambda.handler,
    ...lambda.environment,
    ...options.overrides,
  };
}

/**
 * [inf] Lambda sizes the heap by the function's memory and raises the limit on request headers. The same heap here
 * makes a leak show as it would in AWS.
 */
export function lambdaNodeFlags({ memoryMegabytes }: LambdaFunction): string[] {
  return [`--max-old-space-size=${Math.floor(memoryMegabytes * 0.9)}`, '--max-http-header-size=81920'];
}
