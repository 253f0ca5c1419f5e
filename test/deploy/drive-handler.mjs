// Loads the handler that the environment names, and replies to each message from the parent with its result.
import { contextOf, loadHandler } from './load-handler.mjs';

const handler = await loadHandler();

process.on('message', async ({ event, timeoutMs }) => {
  try {
    process.send({ result: await handler(event, contextOf(timeoutMs)) });
  } catch (error) {
    process.send({ error: error?.stack ?? String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
