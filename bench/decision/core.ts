/** What is measured in process: the decision as the handlers compose it. Bundled as they are. */
export { authorize } from '../../lambda/core/authorize.ts';
export { parseConfig } from '../../lambda/core/config/parse.ts';
export { createTokenMemory } from '../../lambda/core/token-memory.ts';
export { requestFromAlb, responseToAlb } from '../../lambda/events/alb.ts';
export { createKeySources } from '../../lambda/io/key-sources.ts';
