import { type Code, entryOf } from '../../lambda/core/codes.ts';
import type { Config } from '../../lambda/core/config/config.ts';
import { extractCredential } from '../../lambda/core/credentials/extract.ts';
import { BEARER, type Place } from '../../lambda/core/credentials/place.ts';
import { sourcesOf } from '../../lambda/core/credentials/sources.ts';
import type { HeaderList, HttpRequest } from '../../lambda/core/http/message.ts';
import { isPreflight } from '../../lambda/core/http/preflight.ts';
import type { JsonObject } from '../../lambda/core/jwt/decode.ts';
import { judgeRequest } from '../../lambda/core/mcp/event-stream.ts';
import { routeOfDryRun } from '../../lambda/core/mcp/take-route.ts';
import { isPathProblem } from '../../lambda/core/paths/judge-path.ts';
import { DOCUMENT_REASON } from '../../lambda/core/resources/document.ts';
import type { Route } from '../../lambda/core/routes/route.ts';
import type { Upstream } from '../../lambda/core/upstream.ts';
import { entryInDocs } from '../code-accounts.ts';
import { createKeyEndpoints } from '../key-endpoints.ts';
import { type Decided, decisionOn, type SignedBy } from './decision.ts';
import type { ExplainInput } from './input.ts';
import { listenerStep } from './listener-step.ts';
import { mcpTaken } from './mcp-steps.ts';
import { parsePlace, withToken } from './placed-token.ts';
import { type Question, questionOf, sightToken } from './question.ts';
import { requestSteps } from './request-steps.ts';
import { fail, type Step } from './step.ts';
import { tokenSteps } from './token-steps.ts';

/** What happens to the request, in the function's own words. */
export interface Verdict {
  /** Whether the request is let through; with `onlyIf`, provided that it holds. */
  readonly allowed: boolean;
  /** What is left open, because no keys were fetched. */
  readonly onlyIf: SignedBy | undefined;
  /** `not_routed`: the load balancer responds, and the function is not invoked. */
  readonly code: Code | 'allowed' | 'not_routed';
  readonly status: number;
  readonly title: string;
  /** Whether the function itself responds, as for a CORS preflight. */
  readonly answered: boolean;
  /** With a report-only route: the code that it would have had otherwise. */
  readonly reported: Code | undefined;
  /** The WWW-Authenticate field of the response, word for word. */
  readonly challenge: string | undefined;
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
  /** Whether a key of a provider made the signature, so that header and claims are what its issuer wrote; undefined without a token. */
  readonly signature: 'verified' | 'unverified' | undefined;
  readonly verdict: Verdict;
  /** What the upstream gets, if the request is forwarded: identity headers, and whether the token is among the rest. */
  readonly upstream:
    | {
        readonly destination: string;
        readonly path: string;
        readonly identity: HeaderList;
        readonly token: boolean;
      }
    | undefined;
}

/**
 * Explains how the function decides on a request with this token, stage by stage, and what it decides. All of it is data; nothing of
 * the token's text or signature is in it. Throws an `UnreadablePaste` if nothing can be made of what was pasted.
 */
export async function explain(given: ExplainInput): Promise<Explanation> {
  const config = given.frontDoor?.kind === 'api-gateway' ? asAuthorizer(given.config) : given.config;
  const input = { ...given, config, ...(given.offline && { fetchDocument: fetchNothing }) };
  const question = questionOf(input);
  const endpoints = createKeyEndpoints(input.fetchDocument, () => input.now);

  const judged = judgeRequest(question.request, {
    judgePath: config.judgePathWithDocuments ?? config.judgePath,
    hasMcp: config.hasMcp,
  });
  const route = isPathProblem(judged) ? judged.own : judged;
  const { request, place, token } = placed(question, input, route);
  const steps = [
    ...(input.frontDoor === undefined ? [] : [listenerStep(input.frontDoor, request)]),
    ...requestSteps(request, judged, { ...input, place: token === '' ? undefined : place, token }),
  ];
  // Then no token is looked at.
  const respondsItself = route.document !== undefined || (config.cors !== undefined && isPreflight(request));
  const decided = await decisionOn(request, route, input, endpoints);
  const { trust, assumption, outcome, forwarded } = decided;
  const taken = mcpTaken(route, request, input.policy);
  const context = { ...input, request, place, route, taken, endpoints, trust, assumption };
  const rest = await tokenSteps(respondsItself ? '' : token, context);
  if (token !== '' && !respondsItself) steps.push(...rest.steps);
  else if (!respondsItself) steps.push(...taken.steps);

  // The steps above only explain how the decision came about.
  const { code, reported, reason } = outcome;
  const rejection = reported ?? (code === 'allowed' ? undefined : code);
  const first = steps.find(({ outcome: failed, code: known }) => failed === 'fail' && known !== undefined);
  if (rejection !== undefined && first?.code !== rejection) {
    steps.push(fail('decision', { code: rejection, reason: reason ?? 'for a reason that no step shows' }));
  }
  const isRouted = !steps.some(({ name, outcome: failed }) => name === 'listener' && failed === 'fail');
  const goesOn = isRouted ? forwarded : undefined;
  return {
    notes: question.notes,
    request: `${request.method} ${request.path}`,
    now: input.now / 1000,
    timeZone: input.timeZone,
    steps,
    header: rest.header,
    claims: rest.claims,
    signature: rest.header && (rest.verified ? 'verified' : 'unverified'),
    verdict: isRouted ? verdictOf(decided, input) : NOT_ROUTED,
    // An authorizer forwards nothing.
    upstream:
      goesOn === undefined || input.frontDoor?.kind === 'api-gateway'
        ? undefined
        : {
            ...destinationOf(
              (taken.route ?? routeOfDryRun(route, request)).upstream ?? config.upstream,
              goesOn.path,
            ),
            identity: goesOn.headers.filter(([name]) => name.startsWith('x-jwt-')),
            token: token !== '' && goesOn.headers.some(([, value]) => value.includes(token)),
          },
  };
}

function verdictOf(
  { outcome: { code, status, reported, reason }, challenge, forwarded, onlyIf }: Decided,
  { frontDoor }: ExplainInput,
): Verdict {
  const allowed = code === 'allowed';
  const forwards = forwarded !== undefined;
  const rejection = reported ?? (allowed ? undefined : code);
  return {
    allowed,
    onlyIf,
    code,
    status,
    title: titleOf(code, forwards, reason),
    answered: allowed && !forwards,
    reported,
    // An authorizer does not write the response.
    challenge: frontDoor?.kind === 'api-gateway' ? undefined : challenge,
    entry: rejection && entryInDocs(rejection),
  };
}

const fetchNothing: ExplainInput['fetchDocument'] = (url) =>
  Promise.reject(new Error(`${url.href} was not fetched`));

const NOT_ROUTED: Verdict = {
  allowed: false,
  onlyIf: undefined,
  code: 'not_routed',
  status: 404,
  title: 'no listener rule matches the request, so the function never sees it',
  answered: false,
  reported: undefined,
  challenge: undefined,
  entry: undefined,
};

function titleOf(code: Code | 'allowed', goesOn: boolean, reason: string | undefined): string {
  if (code !== 'allowed') return entryOf(code).detail;
  if (goesOn) return 'The request is forwarded to the upstream';
  return reason === DOCUMENT_REASON
    ? 'Protected resource metadata is served here'
    : 'The preflight is handled here';
}

/** The configuration for an authorizer, which itself serves neither preflights nor metadata requests. */
const asAuthorizer = (config: Config): Config => ({
  ...config,
  cors: undefined,
  judgePathWithDocuments: undefined,
});

/** The request with the token in its place: as the argument says, or where it was pasted, or where the route looks first. */
function placed(
  { request, token }: Question,
  { carrier, config }: ExplainInput,
  { providers }: Route,
): { readonly request: HttpRequest; readonly place: Place; readonly token: string } {
  const [first] = sourcesOf(providers, request);
  if (token === '') {
    const extraction = extractCredential(request, providers);
    if (extraction.kind === 'token') {
      return { request, place: extraction.source.place, token: extraction.token };
    }
    const sighted = sightToken(request);
    return { request, place: sighted?.place ?? first?.place ?? BEARER, token: sighted?.token ?? '' };
  }
  const known = [...providers, ...config.providers].flatMap(({ places }) => places);
  const named = carrier === undefined ? undefined : parsePlace(carrier, known);
  const place = named ?? first?.place ?? BEARER;
  return { request: withToken(request, place, token), place, token };
}

const destinationOf = (upstream: Upstream, path: string): { destination: string; path: string } =>
  upstream.kind === 'whoami'
    ? { destination: 'whoami', path }
    : { destination: upstream.origin.origin, path: upstream.basePath + path };
