/**
 * Stands in for `node:http` in the bundle. Importing the module itself as an ES module makes Node.js look at
 * everything that it exports, one of which loads a whole second HTTP client (undici, for `WebSocket`): some
 * 25 ms of every cold start for what nobody uses.
 */
export const { Agent, request } = process.getBuiltinModule('node:http');
