import { type Code, entryOf } from '../../lambda/core/codes.ts';
import type { Config } from '../../lambda/core/config/config.ts';
import { handle } from '../../lambda/core/handle.ts';
import { BEARER, type Place } from '../../lambda/core/credentials/place.ts';
import { sourcesOf } from '../../lambda/core/credentials/sources.ts';
import type { HeaderList, HttpRequest } from '../../lambda/core/http/message.ts';
import { isPreflight } from '../../lambda/core/http/preflight.ts';
import type { JsonObject } from '../../lambda/core/jwt/decode.ts';
import { isPathProblem } from '../../lambda/core/paths/judge-path.ts';
import type { Route } from '../../lambda/core/routes/route.ts';
import { createTokenMemory } from '../../lambda/core/token-memory.ts';
import type { Upstream } from '../../lambda/core/upstream.ts';
import { entryInDocs } from '../code-accounts.ts';
import { createKeyEndpoints } from '../key-endpoints.ts';
import type { ExplainInput } from './input.ts';
import { cleanPaste } from './pasted-token.ts';
import { parsePlace, withToken } from './placed-token.ts';
import { requestSteps } from './request-steps.ts';
import { fail, type Step } from './step.ts';
import { tokenSteps } from './token-steps.ts';

/** What becomes of the request, in the function's own words. */
export interface Verdict {
  readonly allowed: boolean;
  readonly code: Code | 'allowed';
  readonly status: number;
  readonly title: string;
  /** Whether the function itself has the answer, as for a CORS preflight. */
  readonly answered: boolean;
  /** With a report-only route: what would otherwise have been the code. */
  readonly reported: Code | undefined;
  /** Where the code is explained, from the top of the repository. */
  readonly entry: string | undefined;
}

export interface Explanation {
  readonly notes: readonly string[];
  readonly request: string;
  readonly now: number;
  readonly timeZone: string;
  readonly steps: readonly Step[];
  readonly header: JsonObject | undefined;
  readonly claims: JsonObject | undefined;
  /** Whether a key of a provider made the signature, so that header and claims are what its issuer wrote. */
  readonly verified: boolean;
  readonly verdict: Verdict;
  /** What the upstream gets, where the request goes on: identity headers, and whether the token. */
  readonly upstream:
    | {
        readonly destination: string;
        readonly path: string;
        readonly identity: HeaderList;
        readonly token: boolean;
      }
    | undefined;
}

/** Tells how the function decides on a request with this token, stage by stage, and what it decides. */
export async function explain(input: ExplainInput): Promise<Explanation> {
  const { config, request: given } = input;
  const { token, notes } = cleanPaste(input.pasted);
  const now = () => input.now;
  const endpoints = createKeyEndpoints(input.fetchDocument, now);

  const judged = config.judgePath(given.method, given.path);
  const route = isPathProblem(judged) ? judged.own : judged;
  const place = placeFor(input, route);
  const request = withToken({ ...given, body: new Uint8Array() }, place, token);
  const steps = requestSteps(request, judged, { ...input, place: token === '' ? undefined : place });
  // No token is looked at then.
  const answered = config.cors !== undefined && isPreflight(request);
  const rest = await tokenSteps(answered ? '' : token, { ...input, request, place, route, endpoints });
  if (token !== '' && !answered) steps.push(...rest.steps);

  // The real decision: the steps above only tell how it came about.
  let forwarded: Omit<HttpRequest, 'body'> | undefined;
  const { outcome } = await handle(request, 'explained', {
    config: async () => ({ kind: 'config', config: withUpstream(config) }),
    resolveKeys: endpoints.sources.resolve,
    memory: createTokenMemory(),
    now,
    forward: async (sent) => {
      forwarded = sent;
      return { kind: 'response', response: { status: 200, headers: [], body: new Uint8Array() } };
    },
    onBug: (error) => {
      throw error;
    },
  });
  const { code, status, reported, reason } = outcome;
  const rejection = reported ?? (code === 'allowed' ? undefined : code);
  if (rejection !== undefined && steps.find(({ outcome: failed }) => failed === 'fail')?.code !== rejection) {
    steps.push(fail('decision', { code: rejection, reason: reason ?? 'for a reason that no step shows' }));
  }
  return {
    notes,
    request: `${request.method} ${request.path}`,
    now: input.now / 1000,
    timeZone: input.timeZone,
    steps,
    header: rest.header,
    claims: rest.claims,
    verified: rest.verified,
    verdict: {
      allowed: code === 'allowed',
      code,
      status,
      title: titleOf(code, forwarded !== undefined),
      answered: code === 'allowed' && forwarded === undefined,
      reported,
      entry: rejection && entryInDocs(rejection),
    },
    upstream: forwarded && {
      ...destinationOf(route.upstream ?? config.upstream, forwarded.path),
      identity: forwarded.headers.filter(([name]) => name.startsWith('x-jwt-')),
      token: token !== '' && forwarded.headers.some(([, value]) => value.includes(token)),
    },
  };
}

function titleOf(code: Code | 'allowed', goesOn: boolean): string {
  if (code !== 'allowed') return entryOf(code).detail;
  return goesOn ? 'The request goes on to the upstream' : 'The preflight is answered here';
}

/** Where the token is sent: as the argument says, else where the route looks first. */
function placeFor({ carrier, config, request }: ExplainInput, { providers }: Route): Place {
  const known = [...providers, ...config.providers].flatMap(({ places }) => places);
  const named = carrier === undefined ? undefined : parsePlace(carrier, known);
  const [first] = sourcesOf(providers, { ...request, body: new Uint8Array() });
  return named ?? first?.place ?? BEARER;
}

/** The configuration with one upstream in place of any, `whoami` too, so that what is sent can be seen. */
function withUpstream(config: Config): Config {
  const upstream = { kind: 'origin', origin: new URL('https://upstream.invalid'), basePath: '' } as const;
  return {
    ...config,
    upstream,
    judgePath: (method, path) => {
      const judged = config.judgePath(method, path);
      return isPathProblem(judged) ? judged : { ...judged, upstream };
    },
  };
}

const destinationOf = (upstream: Upstream, path: string): { destination: string; path: string } =>
  upstream.kind === 'whoami'
    ? { destination: 'whoami', path }
    : { destination: upstream.origin.origin, path: upstream.basePath + path };
