/** The part that is measured in process: the decision, composed and bundled as in the handlers. */
export { authorize } from '../../lambda/core/authorize.ts';
export { parseConfig } from '../../lambda/core/config/parse.ts';
export { createTokenMemory } from '../../lambda/core/token-memory.ts';
export { requestFromAlb, responseToAlb } from '../../lambda/events/alb.ts';
export { createKeySources } from '../../lambda/io/key-sources.ts';
