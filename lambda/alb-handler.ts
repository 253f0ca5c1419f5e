import { createAlbTarget } from './alb-target.ts';
import { startAuthorizer } from './authorizer.ts';
import { parseEnvironment } from './io/environment.ts';

const { authorizer, log } = await startAuthorizer(parseEnvironment(process.env), {
  cached: false,
  bodies: true,
});

/** Target of an Application Load Balancer. */
export const handler = createAlbTarget(authorizer, log);
