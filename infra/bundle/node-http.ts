/**
 * Replaces `node:http` in the bundle. When an ES module imports the module itself, Node.js reads all of its
 * exports, and one of them loads a whole second HTTP client (undici, for `WebSocket`). That would add some
 * 25 ms to every cold start for something that nobody uses.
 */
export const { Agent, request } = process.getBuiltinModule('node:http');
