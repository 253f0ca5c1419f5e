import { CODES, type Code } from '../../lambda/core/codes.ts';
import { isRequestId, REQUEST_ID, traceRequestId } from '../../lambda/core/http/request-id.ts';
import type { ClientResponse } from '../../lambda/io/http-client.ts';
import type { Entry } from '../deployment/front-doors.ts';
import { type Finding, ok, problem, warning } from './check.ts';

/** A response, as it is judged. */
interface JudgedResponse {
  readonly kind: Entry['kind'];
  readonly url: URL;
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** The code in the function's problem details; undefined if the function did not respond, or let the request through. */
  readonly code: Code | undefined;
  /** A code that this version does not know. */
  readonly otherCode: string | undefined;
  /** Whether it has a request ID from the function, and not one from somebody else. */
  readonly isOurs: boolean;
  readonly server: string;
}

interface Meaning {
  readonly is: (response: JudgedResponse) => boolean;
  readonly finding: (response: JudgedResponse) => Finding;
}

const RUNBOOK = 'docs/runbook.md';

const coded =
  (...codes: readonly Code[]): Meaning['is'] =>
  ({ code }) =>
    code !== undefined && codes.includes(code);
const status =
  (...statuses: readonly number[]): Meaning['is'] =>
  (response) =>
    statuses.includes(response.status);
const byLoadBalancer = ({ server }: JudgedResponse): boolean => /^awselb/i.test(server);
const byCloudFront = ({ server }: JudgedResponse): boolean => /cloudfront/i.test(server);

/** The load balancer and CloudFront say who they are. */
const byAnother = (response: JudgedResponse): boolean =>
  /^(?:load-balancer|cloudfront)$/.test(response.kind) &&
  response.server !== '' &&
  !byLoadBalancer(response) &&
  !byCloudFront(response);

/** What each response to a request without a token means. The first that fits applies. */
const MEANINGS: readonly Meaning[] = [
  { is: coded('token_missing'), finding: () => ok('401 token_missing, as it should be without a token') },
  {
    is: coded('signed_header_missing', 'route_missing'),
    finding: (response) =>
      ok(
        `${response.status} ${response.code}: the function responds, and rejects requests to this path without a token`,
      ),
  },
  {
    is: coded('config_unavailable'),
    finding: () =>
      problem(
        '503 config_unavailable: the function has no valid parameters',
        `Set issuer and audience, or correct what Parameters says above: ${RUNBOOK}#callers-get-503-config_unavailable`,
      ),
  },
  {
    is: coded('keys_unavailable'),
    finding: () =>
      problem(
        '503 keys_unavailable: the function has no keys',
        `See why: ${RUNBOOK}#callers-get-503-keys_unavailable`,
      ),
  },
  {
    is: coded('internal_error'),
    finding: () =>
      problem(
        '500 internal_error: a bug in the function',
        `Read its log: ${RUNBOOK}#callers-get-500-internal_error`,
      ),
  },
  {
    is: coded('upstream_error', 'upstream_timeout', 'upstream_response_too_large'),
    finding: ({ status, code }) =>
      problem(
        `${status} ${code}: the path is open to everybody, and its upstream does not respond as it should`,
        `See why: ${RUNBOOK}#callers-get-502-or-504`,
      ),
  },
  {
    is: ({ code }) => code !== undefined,
    finding: ({ status, code }) =>
      warning(
        `${status} ${code}, which says nothing about the rest`,
        `See what it means, and give --url with a path of your API: docs/codes.md#${code}`,
      ),
  },
  {
    is: ({ status, kind }) => kind === 'verified-access' && status >= 300 && status < 400,
    finding: ({ status, header }) => ok(`${status} to the login at ${hostOf(header('location'))}`),
  },
  {
    is: ({ status, kind }) => kind === 'api-gateway' && (status === 401 || status === 403),
    finding: ({ status }) => ok(`${status} from API Gateway, as it should be without a token`),
  },
  {
    is: ({ isOurs, otherCode }) => isOurs && otherCode !== undefined,
    finding: ({ status, otherCode }) =>
      warning(
        `${status} with the code ${otherCode}, which this version does not know`,
        'If another version is deployed, check that one out. If the upstream says so, this path is open to everybody: give --url with one that is not.',
      ),
  },
  {
    is: ({ status, isOurs }) => isOurs && status >= 200 && status < 300,
    finding: ({ status }) =>
      warning(
        `${status} without a token: this path is open to everybody`,
        'If that is intended, give --url with a path that is not open. If not, correct its route in the policy.',
      ),
  },
  {
    is: ({ status, isOurs }) => isOurs && status >= 300,
    finding: ({ status }) =>
      warning(
        `${status} from the upstream: this path is open to everybody`,
        'If that is intended, give --url with a path that is not open. If not, correct its route in the policy.',
      ),
  },
  {
    is: ({ status, url, header }) =>
      status >= 300 && status < 400 && url.protocol === 'http:' && /^https:/i.test(header('location') ?? ''),
    finding: ({ status }) =>
      warning(
        `${status} to https: callers have already sent their token in clear text by then`,
        'Call https, and close port 80 ("http": "closed"): docs/options.md',
      ),
  },
  {
    is: ({ status }) => status >= 300 && status < 400,
    finding: ({ status, header }) =>
      warning(
        `${status} to ${hostOf(header('location'))}, which is not a response from the function`,
        'See what is in front of it: a login or a redirect has taken the request. Give --url with a path of your API.',
      ),
  },
  {
    is: (response) => status(401)(response) && byLoadBalancer(response),
    finding: () => ok("401 of the load balancer's own verification, as it should be without a token"),
  },
  {
    is: status(401),
    finding: () =>
      warning(
        '401 without a code, from neither the function nor the load balancer',
        'See what is in front of it: a proxy, a login, or another service under this name.',
      ),
  },
  {
    is: (response) => response.status >= 400 && byAnother(response),
    finding: ({ status, server }) =>
      problem(
        `${status} from ${server}, which is neither the function nor the load balancer`,
        'See what is in front of it: a proxy, a login, or another service under this name.',
      ),
  },
  {
    is: (response) => status(403)(response) && byCloudFront(response),
    finding: () =>
      problem(
        '403 from CloudFront',
        'Its web ACL, or a geographic restriction, rejects requests from this machine: docs/shapes/verified-access.md',
      ),
  },
  {
    is: status(403),
    finding: () =>
      problem(
        '403 without a code',
        'A web ACL or a proxy rejects the request; actions_executed in the access log says so: docs/shapes/web-acl.md',
      ),
  },
  {
    is: status(404),
    finding: () =>
      problem(
        '404 without a code: no listener rule matches this host and path',
        'Compare them with the options paths and hosts, and with the priorities of other rules: docs/shapes/paths-and-hosts.md',
      ),
  },
  {
    is: status(500, 562),
    finding: ({ status }) =>
      problem(
        `${status} without a code: the load balancer's own verification cannot read the key set, or its web ACL failed`,
        'error_reason in the access log says which: docs/limits.md#responses-from-the-load-balancer-itself',
      ),
  },
  {
    is: status(502),
    finding: () =>
      problem(
        '502 without a code: the function crashed, ran out of time or was throttled',
        `Read its log: ${RUNBOOK}#callers-get-502-or-504`,
      ),
  },
  {
    is: status(503),
    finding: () =>
      problem(
        '503 without a code: the target group has no function, or the service in front has no load balancer',
        'See Target group above: docs/limits.md#responses-from-the-load-balancer-itself',
      ),
  },
  {
    is: (response) => status(504)(response) && byCloudFront(response),
    finding: () =>
      problem(
        '504 from CloudFront, which does not reach the load balancer',
        'Its security group must admit CloudFront: docs/shapes/verified-access.md#who-can-call-the-load-balancer',
      ),
  },
  {
    is: status(504),
    finding: () =>
      problem(
        '504 without a code: Lambda could not be reached',
        `See why: ${RUNBOOK}#callers-get-502-or-504`,
      ),
  },
  {
    is: ({ status }) => status >= 200 && status < 300,
    finding: ({ status }) =>
      problem(
        `${status} without a request id of the function: something else responds, and asks for no token`,
        'See what this name leads to, and which listener rule comes before this one: docs/shapes/paths-and-hosts.md',
      ),
  },
];

/** The finding for the response to a request without a token. */
export function judgeResponse({ kind, url }: Pick<Entry, 'kind' | 'url'>, response: ClientResponse): Finding {
  const { status, headers, body } = response;
  const header = (name: string) => headers.find(([field]) => field === name)?.[1];
  const code = /^application\/problem\+json\b/.test(header('content-type') ?? '') ? codeIn(body) : undefined;
  const judged = {
    kind,
    url,
    status,
    header,
    ...(code !== undefined && isCode(code)
      ? { code, otherCode: undefined }
      : { code: undefined, otherCode: code }),
    isOurs: isOwnId(header(REQUEST_ID) ?? '', kind),
    server: header('server') ?? '',
  };
  return (
    MEANINGS.find(({ is }) => is(judged))?.finding(judged) ??
    warning(
      `${status} without a code, which is not a response from the function`,
      'The table has most of them: docs/limits.md#responses-from-the-load-balancer-itself',
    )
  );
}

/** Many servers send a UUID under this name. The function sends one only behind API Gateway, not behind a load balancer. */
const isOwnId = (id: string, kind: Entry['kind']): boolean =>
  kind === 'api-gateway' ? isRequestId(id) : traceRequestId(`Root=${id}`) === id;

const isCode = (code: string): code is Code => Object.hasOwn(CODES, code);

function codeIn(body: Buffer): string | undefined {
  try {
    const { code } = JSON.parse(body.toString('utf8')) as { readonly code?: unknown };
    return typeof code === 'string' && /^[a-z_]{1,60}$/.test(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Only the host of a URL: the rest may have a login's secret. */
function hostOf(location: string | undefined): string {
  if (location === undefined) return 'nowhere';
  return URL.canParse(location) ? new URL(location).host : 'another path';
}
