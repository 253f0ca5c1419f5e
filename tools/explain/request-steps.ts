import { missingCode } from '../../lambda/core/authorize.ts';
import type { Config } from '../../lambda/core/config/config.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { extractCredential, reasonOfNone } from '../../lambda/core/credentials/extract.ts';
import { originProblem } from '../../lambda/core/credentials/origin.ts';
import { type Place, placeKey, placeName } from '../../lambda/core/credentials/place.ts';
import { sourcesOf } from '../../lambda/core/credentials/sources.ts';
import type { HttpRequest } from '../../lambda/core/http/message.ts';
import { isPreflight } from '../../lambda/core/http/preflight.ts';
import { requestLineProblem } from '../../lambda/core/http/syntax.ts';
import { isPathProblem, type PathProblem } from '../../lambda/core/paths/judge-path.ts';
import { adviceToLeaveOut } from '../../lambda/core/paths/path-problem.ts';
import { type Reading, stepsTo } from '../../lambda/core/paths/readings.ts';
import { spell } from '../../lambda/core/paths/spelling.ts';
import {
  DOCUMENT_METHODS,
  METHOD_REASON,
  type PublishedDocument,
  takesMethod,
} from '../../lambda/core/resources/document.ts';
import { pageProblem, pagesFor } from '../../lambda/core/resources/origin.ts';
import { compileRoutes, type RouteRule } from '../../lambda/core/routes/match.ts';
import type { Route, TakenRoute } from '../../lambda/core/routes/route.ts';
import { routeName, rulesOf } from '../check-config/route-names.ts';
import { STEP_ACCOUNTS } from '../path-steps.ts';
import { wantedLogin } from './authentication-steps.ts';
import { corsSteps, preflightStep } from './cors-steps.ts';
import { listed } from './format.ts';
import { malformedHints } from './not-a-jwt.ts';
import { fail, pass, type Step, skip } from './step.ts';

/** The stages before the token itself: the request, its route, and where its credential is. */
export function requestSteps(
  request: HttpRequest,
  judged: TakenRoute | PathProblem,
  context: {
    readonly policy: PolicyDocument;
    readonly config: Config;
    readonly place: Place | undefined;
    /** Empty if there is none. */
    readonly token: string;
  },
): Step[] {
  const route = isPathProblem(judged) ? judged.own : judged;
  const { cors } = context.config;
  const before = [requestStep(request), pathStep(judged)];
  if (route.document !== undefined) return [...before, documentStep(request, route.document)];
  if (cors !== undefined && isPreflight(request)) return [...before, preflightStep(cors, request)];
  return [
    ...before,
    ...(cors === undefined ? [] : corsSteps(cors, request)),
    routeStep(request, route, context),
    ...pageSteps(request, route, context.config),
    ...extractSteps(request, route, context),
  ];
}

function requestStep(request: HttpRequest): Step {
  const problem = requestLineProblem(request);
  return problem === undefined
    ? pass('request', 'method and query can be forwarded')
    : fail('request', { code: 'request_invalid', reason: problem });
}

function pathStep(judged: TakenRoute | PathProblem): Step {
  if (!isPathProblem(judged)) return pass('path', 'matches the same route in every reading');
  const { problem, reading, other } = judged;
  const accounts = [...new Set(reading === undefined ? [] : stepsTo(reading))].map((step) => {
    const { does, servers } = STEP_ACCOUNTS[step];
    return `"${step}" ${does} (${servers})`.replaceAll('`', '');
  });
  // If two routes are involved, the reason already says what to do.
  const advice = other === undefined ? [adviceOnFault(reading)] : [];
  return fail('path', { code: 'path_invalid', reason: problem }, [...accounts, ...advice]);
}

/** What to do about a path with a forbidden reading. */
const adviceOnFault = (reading: Reading | undefined): string =>
  (reading && adviceToLeaveOut(reading)) ??
  'no policy allows such a path: the caller must send the path it means';

const documentStep = (request: HttpRequest, { body }: PublishedDocument): Step =>
  takesMethod(request)
    ? pass('document', 'protected resource metadata from "resources" is served here, to anyone', [
        new TextDecoder().decode(body),
      ])
    : fail('document', { code: 'method_not_allowed', reason: METHOD_REASON }, [
        `${DOCUMENT_METHODS.replace(', ', ' and ')} are served, and nothing is forwarded to an upstream`,
      ]);

/** Whether the page that sends the request may call the path's resource, or send an MCP message. */
function pageSteps(request: HttpRequest, route: TakenRoute, { resourceAt, mcpPages }: Config): Step[] {
  const resource = resourceAt?.(request.path);
  const pages = pagesFor(resource, route, mcpPages);
  if (pages === undefined) return [];
  const problem = pageProblem(pages, request);
  const may =
    resource === undefined ? 'send MCP messages' : `call the resource with the path ${resource.path}`;
  return problem === undefined
    ? [pass('origin', `no page sends it, or one that may ${may}`)]
    : [
        fail('origin', { code: 'origin_not_allowed', reason: problem }, [
          `pages of ${listed([...pages.origins])} may ${may}`,
        ]),
      ];
}

function routeStep(
  { method: sent, path }: HttpRequest,
  route: TakenRoute,
  { policy, config }: { policy: PolicyDocument; config: Config },
): Step {
  // A request for an event stream of an MCP endpoint is decided like its messages.
  const method = route.candidates === undefined ? sent : 'POST';
  const rules = rulesOf(policy, config.providers);
  const takes = (rule: RouteRule): boolean => {
    const taken = compileRoutes([{ ...rule, methods: undefined }], 'exact', route)(method, spell(path));
    return (taken.candidates?.[0] ?? taken) === rule.route;
  };
  const matching = rules.map((rule) => ({
    index: rule.index,
    mcp: rule.route.mcp,
    path: takes(rule),
    method: rule.methods?.has(method) ?? true,
  }));
  const name = (index: number): string => {
    const document = policy.routes?.[index];
    return `routes.${index} (${document === undefined ? '' : routeName(document)})`;
  };
  const hit = matching.find((rule) => rule.path && rule.method);
  const otherMethod = matching
    .filter((rule) => rule.path && !rule.method && rule.index < (hit?.index ?? Number.POSITIVE_INFINITY))
    .map(({ index }) => `${name(index)} matches the path, but not ${method}`);
  const asks = requirements(route);
  if (hit === undefined) {
    const none = NO_MATCH[rules.length] ?? `none of the ${rules.length} routes matches`;
    return route.missing
      ? fail('route', { code: 'route_missing', reason: `${none}, and ${whyDenied(policy)}` }, otherMethod)
      : pass('route', `${none}; required: ${asks}`, otherMethod);
  }
  if (route.candidates !== undefined) {
    const hits = matching.filter((rule) => rule.path && rule.method);
    const last = hits.findIndex(({ mcp }) => mcp === undefined);
    const among = hits.slice(0, last === -1 ? undefined : last + 1).map(({ index }) => name(index));
    return pass(
      'route',
      `${listed(among)}: the MCP message decides; ${among.length === 1 ? 'it asks' : 'all ask'} for ${credentialOf(route)}`,
      otherMethod,
    );
  }
  return pass('route', `${name(hit.index)} is the first that matches; required: ${asks}`, otherMethod);
}

function credentialOf({ providers, allowAnonymous }: Route): string {
  if (providers.length === 0) return 'no credential';
  const credential = `a credential for ${listed(providers.map(({ name }) => name))}`;
  return allowAnonymous ? `${credential}, or none at all` : credential;
}

const whyDenied = ({ unmatched }: PolicyDocument): string =>
  unmatched === 'deny' ? '"unmatched" is "deny"' : 'there is no default provider: "issuer" is "none"';

/** By the number of routes. */
const NO_MATCH = ['the policy has no routes', 'the only route does not match'];

/** What a route requires of a request, in words. */
function requirements(route: Route): string {
  const { authentication, scopes, claims, reportOnly } = route;
  const wanted = 'all' in scopes ? scopes.all : scopes.any;
  const parts = [
    credentialOf(route),
    ...(authentication === undefined ? [] : wantedLogin(authentication)),
    ...wantedScopes(wanted, 'all' in scopes),
    ...(claims.length === 0
      ? []
      : [`claims that meet its rules (${listed(claims.map(([claim]) => claim))})`]),
  ];
  return `${listed(parts)}${reportOnly ? '; report-only, so a rejection is only logged' : ''}`;
}

function wantedScopes(wanted: readonly string[], all: boolean): string[] {
  if (wanted.length === 0) return [];
  if (wanted.length === 1) return [`the scope ${wanted[0]}`];
  return [`${all ? '' : 'one of '}the scopes ${listed(wanted)}`];
}

function extractSteps(
  request: HttpRequest,
  route: Route,
  {
    config,
    place,
    token,
  }: { readonly config: Config; readonly place: Place | undefined; readonly token: string },
): Step[] {
  if (route.providers.length === 0) {
    return [
      skip('extract', 'no provider, so no credential is looked for, and none that was sent is forwarded'),
    ];
  }
  const extraction = extractCredential(request, route.providers);
  switch (extraction.kind) {
    case 'token':
      return [
        pass(
          'extract',
          `a token of ${extraction.token.length} characters in ${placeName(extraction.source.place)}`,
        ),
        ...originSteps(extraction.source.place, request, config),
      ];
    case 'ambiguous':
      return [
        fail('extract', { code: 'token_ambiguous', reason: extraction.reason }, [
          'send one credential, in one place',
        ]),
      ];
    case 'malformed':
      return [fail('extract', { code: 'token_malformed', reason: extraction.reason }, malformedHints(token))];
    case 'none': {
      const looked = sourcesOf(route.providers, request).map((source) => placeKey(source.place));
      const hints =
        place === undefined || looked.includes(placeKey(place))
          ? []
          : [
              `the token is in ${placeName(place)}, where this route does not look (--carrier names another place)`,
            ];
      if (route.allowAnonymous) return [pass('extract', 'no credentials, which the route allows', hints)];
      const failure = { code: missingCode(route.providers), reason: reasonOfNone(request, route.providers) };
      return [fail('extract', failure, hints)];
    }
    default:
      return extraction satisfies never;
  }
}

function originSteps(place: Place, request: HttpRequest, { cookieOrigins }: Config): Step[] {
  if (place.kind !== 'cookie') return [];
  const problem = originProblem(place, request, cookieOrigins);
  return problem === undefined
    ? [pass('origin', 'the cookie may be used with this method and Origin')]
    : [
        fail('origin', { code: 'origin_not_allowed', reason: problem }, [
          `pages of ${listed(cookieOrigins)} may send it; add one with --header "Origin: …"`,
        ]),
      ];
}
