// Passes one event from standard input to the handler that the environment names, and writes its result to a file.
import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { contextOf, loadHandler } from './load-handler.mjs';

const { event, timeoutMs } = JSON.parse(await text(process.stdin));
const handler = await loadHandler();
const result = await handler(event, contextOf(timeoutMs));
writeFileSync(process.argv[2], JSON.stringify(result ?? null));
// As in Lambda, sockets that are still open do not keep it running.
process.exit(0);
