import { request } from 'node:http';
import fc from 'fast-check';
import { createKey } from '../support/keys.ts';
import { nearMisses } from '../support/near-misses.ts';
import { claimsOf, mint } from '../support/tokens.ts';
import { createWorld } from '../support/world.ts';

/** What the policy guards, and by which name each server's handler for it calls itself. */
export const GUARDED = {
  admin: '/api/admin/*',
  export: '/api/export',
  secrets: '/api/v1/*/secrets',
} as const;

/** The field in which a handler names itself. */
export const HANDLER_FIELD = 'x-handler';

/** The handler of what is open, below `/api/public/`. What answers for `/api/public` itself calls itself `public-index`. */
export const OPEN_HANDLER = 'public';

const POLICY = {
  routes: [
    { path: '/api/public/*', onUnauthenticatedRequest: 'allow' },
    ...Object.values(GUARDED).map((path) => ({ path, scopes: ['admin'] })),
  ],
};

/** What near misses are made of. */
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
  readonly refused: number;
  /** Sent on to the server. */
  readonly passed: number;
  /** Those that reach a guarded handler when sent directly, though as they are spelled they have another route. */
  readonly dangerous: number;
  /** Ways past the policy: there must be none. */
  readonly breaches: readonly string[];
}

/**
 * Sends near misses through the function to a server, as somebody who may do nothing that is guarded, and as nobody,
 * who may reach nothing but what is open.
 */
export async function tryUpstream(origin: string, paths: readonly string[]): Promise<Trial> {
  const key = createKey('ES256');
  const world = createWorld(key);
  world.parameters.upstream = origin;
  world.parameters.policy = JSON.stringify(POLICY);
  const token = mint(key, claimsOf({ scope: 'read' }));
  const breaches: string[] = [];
  let [refused, passed, dangerous] = [0, 0, 0];
  for (const path of paths) {
    const direct = guardOf(await handlerAt(origin, path));
    for (const headers of [{}, { authorization: `Bearer ${token}` }]) {
      // No query is sent: what follows a question mark would be none of the path.
      const { status, headers: answered } = await world.call({ target: path, headers });
      if (status === 400) refused += 1;
      const handler = answered[HANDLER_FIELD]?.[0];
      if (handler === undefined) continue;
      passed += 1;
      const route = world.decisions.at(-1)?.route;
      const mayReach = 'authorization' in headers ? guardOf(handler) === undefined : handler === OPEN_HANDLER;
      if (!mayReach) breaches.push(`${path} took the route ${route} to ${handler}`);
    }
    if (direct !== undefined && world.decisions.at(-1)?.route !== direct) dangerous += 1;
  }
  return { tried: paths.length, refused, passed, dangerous, breaches };
}

/** Near misses of what is guarded; the seed makes them the same again. */
export const nearMissesOfGuarded = (count: number, seed: number): string[] =>
  fc
    .sample(nearMisses(PATHS), { numRuns: count, seed })
    // What the server would have to refuse itself, as it is no request target.
    .filter((path) => /^\/[!"$->@-~]*$/.test(path));

const guardOf = (handler: string | undefined): string | undefined =>
  handler !== undefined && handler in GUARDED ? GUARDED[handler as keyof typeof GUARDED] : undefined;

/** The handler that answers for a path, byte for byte, when a server is asked without the function, if any does. */
function handlerAt(origin: string, path: string): Promise<string | undefined> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    const sent = request({ hostname, port, path, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.headers[HANDLER_FIELD] as string | undefined));
    });
    // Some servers just hang up on what they cannot make out.
    sent.on('error', () => resolve(undefined)).end();
  });
}
