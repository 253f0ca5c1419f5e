import { createAlbTarget } from './alb-target.ts';
import { composeAuthorizer } from './authorizer.ts';
import { parseEnvironment } from './io/environment.ts';
import { fetchDocument } from './io/fetch-document.ts';
import { createLog } from './io/log.ts';
import { createParameterReader } from './io/parameter-store.ts';

const { configPath, configRefreshSeconds, allowedLogRate } = parseEnvironment(process.env);
const log = createLog({ configPath, allowedLogRate });
const authorizer = composeAuthorizer({
  log,
  now: Date.now,
  readParameters: createParameterReader(configPath),
  refreshSeconds: configRefreshSeconds,
  fetchDocument,
});

// In the init phase there is CPU to spare and no caller waiting.
await authorizer.prefetch();

/** Target of an Application Load Balancer. */
export const handler = createAlbTarget(authorizer, log);
