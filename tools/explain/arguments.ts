import { LOAD_BALANCER_OPTIONS } from '../../infra/options/groups/load-balancer.ts';
import { DEFAULT_CONFIG_PATH } from '../../lambda/contract.ts';
import { NO_ISSUER } from '../../lambda/core/config/providers.ts';
import type { HeaderList, HttpRequest } from '../../lambda/core/http/message.ts';
import { ArgumentError, parseArguments } from '../arguments.ts';
import { hasToken } from '../harmless.ts';
import { LIVE_HELP, LIVE_OPTIONS } from '../parameters.ts';
import type { GivenRequest } from './input.ts';
import { DEFAULT_PATHS, type FrontDoor } from './listener-step.ts';
import { TOKEN_NAMES, type TokenName } from './paste/pasted.ts';
import { PLACE_FORMS, parsePlace } from './placed-token.ts';
import {
  parseRequestArguments,
  REQUEST_HELP,
  REQUEST_OPTIONS,
  type RequestArguments,
} from './request-arguments.ts';

export const HELP = `Usage: pbpaste | npm run explain -- --token - [--request "POST /api/orders/1"] [--path PREFIX]
       npm run explain -- --token - --issuer ISSUER --audience LIST [--policy FILE] < token.txt
       npm run explain -- --token - --issuer none --policy FILE < token.txt
       npm run explain -- --token none --request "POST /api/orders/1" [--path PREFIX]
       npm run explain -- --request-id ID [--stack NAME] [--since 24h] [--region REGION]

Shows how the function decides on a request with a token, stage by stage, and what to do about a rejection.
Standard input may be a token, header lines such as "Authorization: Bearer …", a token response, or a curl command
as browsers copy it, which says the request as well. The token and its signature are sent nowhere and never printed.
Its header and claims are printed: take care who sees your terminal. Status: 0 if the request is let through, 1 if not,
3 if that depends on the signature, which --offline does not verify.
With a request ID it finds the decision in the log and explains it. Status: 0 if it finds it, 1 if not.

  --token -           read the token from standard input; there is no other way to give it.
                      --token none explains a request without a token, and reads nothing
  --take NAME         which token of a response: access_token (default), id_token or refresh_token
  --request REQUEST   method and path, in quotes (default: that of the curl command, else "GET /api/")
  --header HEADER     another field of the request as "Name: value"; may be repeated
  --body FILE         the body of the request, which decides between MCP routes (default: that of the curl command)
  --carrier PLACE     where the token is sent: ${PLACE_FORMS}
                      (default: where it was pasted, else where the route looks first)
  --paths LIST        paths that the load balancer sends to the function, as in "cdk deploy -c paths=…"
                      (default: ${DEFAULT_PATHS.join(',')})
  --hosts LIST        the same for host names (default: any)
  --authorizer        the function is an API Gateway authorizer, without a load balancer in front
${LIVE_HELP}
                      Without any of --path, --policy and --issuer: --path \${CONFIG_PATH:-${DEFAULT_CONFIG_PATH}}
  --policy FILE       the value of "policy", in place of live parameters; with --issuer and --audience
  --revocations FILE  the value of "revocations", with the same
  --issuer ISSUER     the parameter "issuer"
  --audience LIST     the parameter "audience"; not needed with --issuer none
  --jwks-uri URL      the parameter "jwks-uri" (default: discover)
  --now TIME          decide as of this time: 2026-01-31T12:00:00Z, or seconds since the epoch
  --offline           fetch no keys, and check everything but the signature
${REQUEST_HELP}
  --json              print the explanation as JSON
  --help              print this text`;

const OPTIONS = {
  token: { type: 'string' },
  take: { type: 'string' },
  request: { type: 'string' },
  header: { type: 'string', multiple: true },
  body: { type: 'string' },
  carrier: { type: 'string' },
  paths: { type: 'string' },
  hosts: { type: 'string' },
  authorizer: { type: 'boolean' },
  ...LIVE_OPTIONS,
  policy: { type: 'string' },
  revocations: { type: 'string' },
  issuer: { type: 'string' },
  audience: { type: 'string' },
  'jwks-uri': { type: 'string' },
  now: { type: 'string' },
  offline: { type: 'boolean' },
  json: { type: 'boolean' },
  ...REQUEST_OPTIONS,
} as const;

export interface ExplainArguments {
  readonly kind: 'token';
  /** Whether standard input has a token, or a request with one. */
  readonly isPasted: boolean;
  readonly take: TokenName | undefined;
  readonly request: GivenRequest;
  /** A file with the body. */
  readonly bodyFile: string | undefined;
  readonly carrier: string | undefined;
  readonly frontDoor: FrontDoor;
  readonly source:
    | {
        readonly kind: 'live';
        readonly path: string;
        readonly endpointUrl: string | undefined;
        readonly region: string | undefined;
      }
    | {
        readonly kind: 'given';
        readonly policy: string | undefined;
        readonly revocations: string | undefined;
        readonly issuer: string;
        readonly audience: string;
        readonly jwksUri: string | undefined;
      };
  /** Milliseconds since the epoch; undefined for the present. */
  readonly now: number | undefined;
  readonly offline: boolean;
  readonly json: boolean;
}

const PIPE = 'Pipe it in: pbpaste | npm run explain -- --token -';

export function parseExplainArguments(
  args: readonly string[],
  environment: { readonly CONFIG_PATH?: string | undefined },
): ExplainArguments | RequestArguments {
  // First, so that no other message repeats the token.
  if (args.some(hasToken)) {
    throw new ArgumentError(
      `A token on the command line stays in the shell's history and shows in the list of processes. ${PIPE}`,
    );
  }
  const { values, positionals } = parseArguments(args, OPTIONS, Number.POSITIVE_INFINITY);
  if (positionals.length > 0) {
    throw new ArgumentError(
      `There is an argument without an option. A token cannot be given that way. ${PIPE}`,
    );
  }
  const aboutRequest = parseRequestArguments(values);
  if (aboutRequest !== undefined) return aboutRequest;
  if (values.token === undefined) throw new ArgumentError(`--token - is missing. ${PIPE}`);
  if (values.token !== '-' && values.token !== 'none') {
    throw new ArgumentError(
      `--token takes only -, for standard input, or none: a token on the command line stays in the shell's history. ${PIPE}`,
    );
  }
  const { carrier } = values;
  if (carrier !== undefined && parsePlace(carrier, []) === undefined) {
    throw new ArgumentError(`--carrier takes ${PLACE_FORMS}.`);
  }
  return {
    kind: 'token',
    isPasted: values.token === '-',
    take: parseTake(values.take),
    request: {
      ...(values.request !== undefined && parseRequest(values.request)),
      headers: parseHeaders(values.header ?? []),
    },
    bodyFile: values.body,
    carrier,
    frontDoor: parseFrontDoor(values),
    source: parseSource(values, environment.CONFIG_PATH ?? DEFAULT_CONFIG_PATH),
    now: values.now === undefined ? undefined : parseTime(values.now),
    offline: values.offline ?? false,
    json: values.json ?? false,
  };
}

type Values = ReturnType<typeof parseArguments<typeof OPTIONS>>['values'];

function parseTake(name: string | undefined): TokenName | undefined {
  const known = TOKEN_NAMES.find((one) => one === name);
  if (name === undefined || known !== undefined) return known;
  throw new ArgumentError(`--take takes ${TOKEN_NAMES.join(', ')}.`);
}

function parseFrontDoor({ paths, hosts, authorizer }: Values): FrontDoor {
  if (authorizer) {
    if (paths === undefined && hosts === undefined) return { kind: 'api-gateway' };
    throw new ArgumentError(
      '--paths and --hosts describe a load balancer, and --authorizer says that there is none: give one or the other.',
    );
  }
  const read = (name: 'paths' | 'hosts', text: string): readonly string[] => {
    const parsed = LOAD_BALANCER_OPTIONS[name].parse(text);
    if ('value' in parsed) return parsed.value;
    throw new ArgumentError(`--${name} takes ${parsed.expected}.`);
  };
  return {
    kind: 'load-balancer',
    paths: paths === undefined ? DEFAULT_PATHS : read('paths', paths),
    hosts: hosts === undefined ? [] : read('hosts', hosts),
  };
}

function parseSource(values: Values, defaultPath: string): ExplainArguments['source'] {
  const { path, region, policy, revocations, issuer, audience } = values;
  const live = { 'endpoint-url': values['endpoint-url'], region, path };
  const given = { policy, revocations, issuer, audience, 'jwks-uri': values['jwks-uri'] };
  const named = (options: Record<string, string | undefined>) =>
    Object.keys(options).filter((name) => options[name] !== undefined);
  const [fromStore] = named(live);
  const [fromFiles] = named(given);
  if (fromFiles === undefined) {
    return { kind: 'live', path: path ?? defaultPath, endpointUrl: values['endpoint-url'], region };
  }
  if (fromStore !== undefined) {
    throw new ArgumentError(
      `--${fromStore} reads live parameters, and --${fromFiles} gives other ones: use one or the other.`,
    );
  }
  if (issuer === undefined) {
    throw new ArgumentError(
      `--${fromFiles} needs --issuer and --audience, because no live parameters are read.`,
    );
  }
  if (audience === undefined && issuer !== NO_ISSUER) {
    throw new ArgumentError(`--issuer needs --audience, unless it is "${NO_ISSUER}".`);
  }
  return {
    kind: 'given',
    policy,
    revocations,
    issuer,
    audience: audience ?? '',
    jwksUri: values['jwks-uri'],
  };
}

/** Parses a method and a path with its query. */
export function parseRequest(text: string): Pick<HttpRequest, 'method' | 'path' | 'query'> {
  const [, method, target] = /^([A-Z]+) (\/\S*)$/.exec(text.trim()) ?? [];
  if (method === undefined || target === undefined) {
    throw new ArgumentError(
      '--request takes a method in upper case and a path, such as "POST /api/orders/1", without scheme and host.',
    );
  }
  const at = target.indexOf('?');
  const [path, query] = at === -1 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)];
  return { method, path, query };
}

function parseHeaders(texts: readonly string[]): HeaderList {
  return texts.map((text): [string, string] => {
    const [, name = '', value = ''] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*?)\s*$/.exec(text) ?? [];
    if (name === '') throw new ArgumentError('--header takes a field such as "Origin: https://app.example".');
    if (/^(?:authorization|x-amzn-(?:oidc|ava)-.*)$/i.test(name)) {
      throw new ArgumentError(`--header takes no credentials. ${PIPE} (--carrier says where it is sent)`);
    }
    return [name.toLowerCase(), value];
  });
}

function parseTime(text: string): number {
  const now = /^\d{9,11}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(now) || !/^\d/.test(text)) {
    throw new ArgumentError('--now takes a time such as 2026-01-31T12:00:00Z, or seconds since the epoch.');
  }
  return now;
}
