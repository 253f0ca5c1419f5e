import type { Cors } from '../http/cors.ts';
import { type Parsed, parsed } from './parsed.ts';
import type { PolicyDocument } from './policy-schema.ts';
import { originProblem, parseOrigins } from './public-origins.ts';

/** What pages may read of every answer: without it they could not tell why they are refused, or by which request. */
const ALWAYS_EXPOSED = ['WWW-Authenticate', 'X-Request-Id', 'DPoP-Nonce', 'Retry-After'];

/** How long browsers may remember the answer to a preflight, in seconds, where the policy does not say. */
const DEFAULT_MAX_AGE = 600;

const ANY = '*';

/** Parses `cors` of a policy. */
export function parseCors(document: NonNullable<PolicyDocument['cors']>): Parsed<Cors> {
  const { origins, credentials = false, exposeHeaders = [], maxAgeSeconds = DEFAULT_MAX_AGE } = document;
  const any = origins.includes(ANY);
  const problems: string[] = [];
  if (any && credentials) {
    problems.push('origins: "*" cannot stand beside "credentials": true; list the origins');
  }
  if (any && origins.length > 1) {
    problems.push('origins: "*" stands for all origins; list it alone, or leave it out');
  }
  if (credentials && exposeHeaders.includes(ANY)) {
    problems.push('exposeHeaders: "*" means nothing beside "credentials": true; list the names');
  }
  const listed = parseOrigins(origins, pageProblem);
  if ('problems' in listed) problems.push(...listed.problems.map((message) => `origins.${message}`));
  if (problems.length > 0) return { problems };
  const exposed = new Map([...ALWAYS_EXPOSED, ...exposeHeaders].map((name) => [name.toLowerCase(), name]));
  return parsed({
    origins: any ? ANY : new Set(origins),
    credentials,
    exposed: [...exposed.values()].join(', '),
    maxAgeSeconds,
  });
}

/** Pages whose cookies count where a request could change something: others than our own only if they may send any. */
export const cookieOriginsOf = ({ publicOrigins = [], cors }: PolicyDocument): readonly string[] => [
  ...publicOrigins,
  ...(cors?.credentials === true ? cors.origins : []),
];

/** Routes that say themselves what becomes of a preflight. */
export function* preflightProblems({ cors, routes = [] }: PolicyDocument): Iterable<string> {
  if (cors === undefined) return;
  for (const [index, { corsPreflight }] of routes.entries()) {
    if (corsPreflight === undefined) continue;
    yield `routes.${index}.corsPreflight: cannot stand beside "cors", by which every preflight is answered; leave one of the two out`;
  }
}

/** Pages that an app has in itself. */
const IN_APP = /^(?:capacitor|ionic):\/\/[a-z0-9.-]+$/;

function pageProblem(origin: string): string | undefined {
  if (origin === ANY || IN_APP.test(origin)) return undefined;
  // Fetch Standard §3.1: of sandboxed frames, local files and some redirects.
  return origin === 'null'
    ? 'cannot be "null": anybody can make a page of that origin'
    : originProblem(origin);
}
