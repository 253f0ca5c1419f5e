import { type Code, entryOf } from '../../lambda/core/codes.ts';
import type { Config } from '../../lambda/core/config/config.ts';
import { handle } from '../../lambda/core/handle.ts';
import type { HeaderList } from '../../lambda/core/http/message.ts';
import type { JsonObject } from '../../lambda/core/jwt/decode.ts';
import { createTokenMemory } from '../../lambda/core/token-memory.ts';
import type { Upstream } from '../../lambda/core/upstream.ts';
import { createKeyEndpoints } from '../key-endpoints.ts';
import type { ExplainInput } from './input.ts';
import { cleanPaste } from './pasted-token.ts';
import { requestSteps } from './request-steps.ts';
import { fail, type Step } from './step.ts';
import { tokenSteps } from './token-steps.ts';

/** What becomes of the request, in the function's own words. */
export interface Verdict {
  readonly allowed: boolean;
  readonly code: Code | 'allowed';
  readonly status: number;
  readonly title: string;
  /** With a report-only route: what would otherwise have been the code. */
  readonly reported: Code | undefined;
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
    | { readonly destination: string; readonly identity: HeaderList; readonly token: boolean }
    | undefined;
}

/** Tells how the function decides on a request with this token, stage by stage, and what it decides. */
export async function explain(input: ExplainInput): Promise<Explanation> {
  const { carrier, config, request: given } = input;
  const { token, notes } = cleanPaste(input.pasted);
  const now = () => input.now;
  const value = carrier === 'authorization' ? `Bearer ${token}` : token;
  const credential: HeaderList = token === '' ? [] : [[carrier, value]];
  const request = { ...given, headers: [...credential, ...given.headers], body: new Uint8Array() };
  const endpoints = createKeyEndpoints(input.fetchDocument, now);

  const route = config.matchRoute(request.method, request.path);
  const steps = requestSteps(request, route, input);
  const rest = await tokenSteps(token, { ...input, request, route, endpoints });
  if (token !== '') steps.push(...rest.steps);

  // The real decision: the steps above only tell how it came about.
  let forwarded: HeaderList | undefined;
  const { outcome } = await handle(request, {
    config: async () => ({ kind: 'config', config: withUpstream(config) }),
    resolveKeys: endpoints.sources.resolve,
    memory: createTokenMemory(),
    now,
    forward: async ({ headers }) => {
      forwarded = headers;
      return { kind: 'response', response: { status: 200, headers: [], body: new Uint8Array() } };
    },
  });
  const { code, status, reported, reason } = outcome;
  const rejection = reported ?? (code === 'allowed' ? undefined : code);
  if (rejection !== undefined && steps.find(({ outcome: failed }) => failed === 'fail')?.code !== rejection) {
    steps.push(fail('decision', { code: rejection, reason: reason ?? 'for no reason that a step tells' }));
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
      title: code === 'allowed' ? 'The request goes on to the upstream' : entryOf(code).title,
      reported,
    },
    upstream: forwarded && {
      destination: destinationOf(route.upstream ?? config.upstream),
      identity: forwarded.filter(([name]) => name.startsWith('x-jwt-')),
      token: forwarded.some(([name]) => name === carrier),
    },
  };
}

/** The configuration with one upstream in place of any, `whoami` too, so that what is sent can be seen. */
function withUpstream(config: Config): Config {
  const upstream = { kind: 'origin', origin: new URL('https://upstream.invalid') } as const;
  return {
    ...config,
    upstream,
    matchRoute: (method, path) => ({ ...config.matchRoute(method, path), upstream }),
  };
}

const destinationOf = (upstream: Upstream): string =>
  upstream.kind === 'whoami' ? 'whoami' : upstream.origin.origin;
