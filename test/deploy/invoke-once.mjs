// Passes one event from standard input to the handler that the environment names.
import { text } from 'node:stream/consumers';
import { contextOf, loadHandler } from './load-handler.mjs';

const { event, timeoutMs } = JSON.parse(await text(process.stdin));
const handler = await loadHandler();
await handler(event, contextOf(timeoutMs));
// As in Lambda, sockets that are still open do not keep it running.
process.exit(0);
