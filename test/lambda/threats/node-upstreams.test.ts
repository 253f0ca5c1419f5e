import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import Fastify, { type FastifyServerOptions } from 'fastify';
import { stockExpress } from '../../upstreams/stock-express.ts';
import { HANDLER_FIELD, nearMissesOfGuarded, type Trial, tryUpstream } from '../../upstreams/trial.ts';

/** The seed of all properties. */
const { seed: SEED = 1 } = fc.readConfigureGlobal();

async function fastify(options: FastifyServerOptions): Promise<RequestListener> {
  const app = Fastify(options);
  const paths = {
    '/api/admin': 'admin',
    '/api/admin/*': 'admin',
    '/api/public': 'public-index',
    '/api/public/*': 'public',
    '/api/export': 'export',
    '/api/v1/:id/secrets': 'secrets',
  };
  for (const [path, name] of Object.entries(paths)) {
    app.all(path, (_, reply) => reply.header(HANDLER_FIELD, name).send(name));
  }
  app.setNotFoundHandler((_, reply) => reply.code(404).header(HANDLER_FIELD, 'other').send());
  await app.ready();
  return (request, response) => app.routing(request, response);
}

async function trialOf(listener: RequestListener): Promise<Trial> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await tryUpstream(`http://127.0.0.1:${port}`, nearMissesOfGuarded(1500, SEED));
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Routers with the settings that distinguish the fewest paths. */
const LENIENT = {
  caseSensitive: false,
  ignoreTrailingSlash: true,
  ignoreDuplicateSlashes: true,
  useSemicolonDelimiter: true,
};

test.each<[string, () => RequestListener | Promise<RequestListener>, number]>([
  ['Express as it comes', stockExpress, 5],
  ['Fastify as it comes', () => fastify({}), 0],
  ['Fastify at its most lenient', () => fastify({ routerOptions: LENIENT }), 5],
])('no near miss reaches a guarded path through the function: %s', async (_, start, dangerous) => {
  const trial = await trialOf(await start());
  expect(trial.breaches).toEqual([]);
  // If a lenient server took none for a guarded path, nothing would have been tested.
  expect(trial.dangerous).toBeGreaterThanOrEqual(dangerous);
  expect(trial.passed).toBeGreaterThan(100);
});
