import type { Cors } from '../http/cors.ts';
import type { Pages } from '../resources/resource.ts';
import { type Parsed, parsed } from './parsed.ts';
import type { PolicyDocument } from './policy-schema.ts';
import { originProblem, parseOrigins } from './public-origins.ts';
import type { SoundPolicy } from './sound-policy.ts';

/**
 * Fields that pages may read in every response. Without them a page could not tell why a request was rejected, or say
 * which request it was.
 */
const ALWAYS_EXPOSED = ['WWW-Authenticate', 'X-Request-Id', 'DPoP-Nonce', 'Retry-After'];

/** How long browsers may cache the response to a preflight, in seconds, unless the policy says otherwise. */
const DEFAULT_MAX_AGE = 600;

const ANY = '*';

export function parseCors(document: NonNullable<PolicyDocument['cors']>): Parsed<Cors> {
  const { origins, credentials = false, exposeHeaders = [], maxAgeSeconds = DEFAULT_MAX_AGE } = document;
  const any = origins.includes(ANY);
  const problems: string[] = [];
  if (any && credentials) {
    problems.push('origins: "*" cannot be combined with "credentials": true; list the origins');
  }
  if (any && origins.length > 1) {
    problems.push('origins: "*" means all origins; list it alone, or leave it out');
  }
  if (credentials && exposeHeaders.includes(ANY)) {
    problems.push('exposeHeaders: "*" has no effect with "credentials": true; list the names');
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

/**
 * Pages whose cookies count on requests that could change something. Pages of other origins count only if they may
 * send cookies.
 */
export const cookieOriginsOf = ({ publicOrigins = [], cors }: PolicyDocument): readonly string[] => [
  ...publicOrigins,
  ...(cors?.credentials === true ? cors.origins : []),
];

const LISTED_IN = '"publicOrigins" or "cors.origins"';

const listedPages = ({ publicOrigins = [], cors }: PolicyDocument): readonly string[] => [
  ...publicOrigins,
  ...(cors?.origins ?? []),
];

/**
 * The pages that may call where nothing else lists them: those of the whole API; undefined for any. Their problems
 * are reported where they are listed.
 */
export function pagesOf(document: PolicyDocument): Pages | undefined {
  const pages = parsePages(listedPages(document), LISTED_IN);
  return 'value' in pages ? pages.value : undefined;
}

/**
 * The same for MCP messages. If no page is listed, none may send any: servers must validate Origin (MCP, "Security
 * Warning" of its HTTP transport).
 */
export const mcpPagesOf = (document: PolicyDocument): Pages | undefined =>
  listedPages(document).length === 0 ? { origins: new Set(), listedIn: LISTED_IN } : pagesOf(document);

/** Parses the origins of pages that may call; undefined for any, which an empty list means too. */
export function parsePages(origins: readonly string[], listedIn: string): Parsed<Pages | undefined> {
  if (origins.includes(ANY)) {
    const [only, ...others] = new Set(origins);
    return others.length === 0 || only === undefined
      ? parsed(undefined)
      : { problems: [': "*" means all origins; list it alone, or leave it out'] };
  }
  const listed = parseOrigins(origins, pageProblem);
  if ('problems' in listed) return { problems: listed.problems.map((message) => `.${message}`) };
  return parsed(origins.length === 0 ? undefined : { origins: new Set(origins), listedIn });
}

/** Problems with routes that decide on preflights themselves. */
export function* preflightProblems({ document: { cors }, routes }: SoundPolicy): Iterable<string> {
  if (cors === undefined) return;
  for (const { index, document } of routes) {
    if (document.corsPreflight === undefined) continue;
    yield `routes.${index}.corsPreflight: cannot be combined with "cors", which handles every preflight; leave one of the two out`;
  }
}

/** Pages inside a mobile app. */
const IN_APP = /^(?:capacitor|ionic):\/\/[a-z0-9.-]+$/;

function pageProblem(origin: string): string | undefined {
  if (origin === ANY || IN_APP.test(origin)) return undefined;
  // Fetch Standard §3.1: sandboxed frames, local files and some redirects have this origin.
  return origin === 'null'
    ? 'cannot be "null": anybody can make a page with that origin'
    : originProblem(origin);
}
