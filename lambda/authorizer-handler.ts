import { startAuthorizer } from './authorizer.ts';
import { createAuthorizerTarget } from './authorizer-target.ts';
import { parseEnvironment } from './io/environment.ts';

const environment = parseEnvironment(process.env);
const { authorizer, log } = await startAuthorizer(environment, {
  cached: environment.authorizerCache,
  bodies: false,
});

/** Authorizer of API Gateway's REST, HTTP and WebSocket APIs and of AppSync. */
export const handler = createAuthorizerTarget(authorizer, log, environment.httpApiResponse);
