import { request } from 'node:http';
import fc from 'fast-check';
import { createKey } from '../support/keys.ts';
import { nearMisses } from '../support/near-misses.ts';
import { claimsOf, mint } from '../support/tokens.ts';
import { createWorld } from '../support/world.ts';

/** The guarded paths, by the names that the servers' handlers for them report. */
export const GUARDED = {
  admin: '/api/admin/*',
  export: '/api/export',
  secrets: '/api/v1/*/secrets',
} as const;

/** The header field in which a handler reports its name. */
export const HANDLER_FIELD = 'x-handler';

/** The handler of the open paths below `/api/public/`. The handler of `/api/public` itself is `public-index`. */
export const OPEN_HANDLER = 'public';

const POLICY = {
  routes: [
    { path: '/api/public/*', onUnauthenticatedRequest: 'allow' },
    ...Object.values(GUARDED).map((path) => ({ path, scopes: ['admin'] })),
  ],
};

/** The paths from which near misses are made. */
const PATHS = [
  '/api/admin',
  '/api/admin/users',
  '/api/admin/a/b',
  '/api/export',
  '/api/v1/x/secrets',
  '/api/v1/a/b/secrets',
  '/api/public',
  '/api/public/',
  '/api/public/x',
  '/api/public/../admin',
  '/api/other',
];

export interface Trial {
  readonly tried: number;
  readonly rejected: number;
  /** Forwarded to the server. */
  readonly passed: number;
  /** Paths that reach a guarded handler when sent directly, although their spelling matches another route. */
  readonly dangerous: number;
  /** Ways around the policy; must be empty. */
  readonly breaches: readonly string[];
}

/**
 * Sends near misses through the function to a server: with a token that opens nothing guarded, and anonymously, which
 * may only reach the open paths.
 */
export async function tryUpstream(origin: string, paths: readonly string[]): Promise<Trial> {
  const key = createKey('ES256');
  const world = createWorld(key);
  world.parameters.upstream = origin;
  world.parameters.policy = JSON.stringify(POLICY);
  const token = mint(key, claimsOf({ scope: 'read' }));
  const breaches: string[] = [];
  let [rejected, passed, dangerous] = [0, 0, 0];
  for (const path of paths) {
    const direct = guardOf(await handlerAt(origin, path));
    for (const headers of [{}, { authorization: `Bearer ${token}` }]) {
      // Sends no query, because what follows a question mark is not part of the path.
      const { status, headers: returned } = await world.call({ target: path, headers });
      if (status === 400) rejected += 1;
      const handler = returned[HANDLER_FIELD]?.[0];
      if (handler === undefined) continue;
      passed += 1;
      const route = world.decisions.at(-1)?.route;
      const mayReach = 'authorization' in headers ? guardOf(handler) === undefined : handler === OPEN_HANDLER;
      if (!mayReach) breaches.push(`${path} took the route ${route} to ${handler}`);
    }
    if (direct !== undefined && world.decisions.at(-1)?.route !== direct) dangerous += 1;
  }
  return { tried: paths.length, rejected, passed, dangerous, breaches };
}

/** Near misses of the guarded paths; reproducible by their seed. */
export const nearMissesOfGuarded = (count: number, seed: number): string[] =>
  fc
    .sample(nearMisses(PATHS), { numRuns: count, seed })
    // Leaves out what is not a request target, which the server has to reject itself.
    .filter((path) => /^\/[!"$->@-~]*$/.test(path));

const guardOf = (handler: string | undefined): string | undefined =>
  handler !== undefined && handler in GUARDED ? GUARDED[handler as keyof typeof GUARDED] : undefined;

/** The handler that responds to a path, byte for byte, without the function in front; undefined if none does. */
function handlerAt(origin: string, path: string): Promise<string | undefined> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    const sent = request({ hostname, port, path, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.headers[HANDLER_FIELD] as string | undefined));
    });
    // Some servers just close the connection on a request that they cannot parse.
    sent.on('error', () => resolve(undefined)).end();
  });
}
