import { ArgumentError, parseArguments as parseStrictly } from '../tools/arguments.ts';
import { API_KINDS, type ApiKind } from './api-gateway/event.ts';
import { SIGNING_SERVICES, type SigningServiceName } from './identity/signing-service.ts';
import { PORT_SPAN } from './ports.ts';

export const HELP = `Usage: npm start [-- --port N] [--upstream URL] [--issuer URL --audience LIST] [--watch] [--verbose]
                           [--as verified-access|alb-oidc] [--authorizer http|http-v1|rest|rest-token]
                           [--mcp] [--cold] [--no-keeper] [-c NAME=VALUE]

Runs the whole stack on this machine, without an AWS account: the load balancer on port N, an
authorization server on N+1, SSM and CloudWatch Logs on N+2, an upstream that echoes each request on N+3, a playground
for your browser on N+6, an S3 endpoint for the keeper's snapshot on N+7 and a Lambda endpoint that invokes the keeper
on N+8. Each request prints one line. In a terminal, single keys control the stack while it runs: press h to list them.

  --port N           port of the load balancer, or 0 to let the system choose every port (default: 8080, or
                     8090, 8100 and so on if those ports are taken)
  --upstream URL     sends requests to your own application, such as http://localhost:3000, not to the echoing upstream
  --issuer URL       accepts tokens of your own provider instead of the stack's authorization server: their exact "iss"
  --audience LIST    accepts those tokens if their "aud" contains one of these comma-separated values; required with --issuer
  --watch            rebuilds and restarts the functions when lambda/ changes
  --verbose          prints everything that the parts and the functions write
  --as SERVICE       puts verified-access or alb-oidc in front of the load balancer, with you already signed in. It
                     adds its signed header to each request: verified-access adds x-amzn-ava-user-context, alb-oidc
                     adds x-amzn-oidc-data. Its public keys are on N+5, and the policy makes /api/admin/* accept
                     only that header
  --authorizer KIND  serves an API on N+4 as API Gateway would, with the function as its authorizer: an
                     HTTP API (payload format 2.0 with http, 1.0 with http-v1), or a REST API whose
                     authorizer gets the whole request (rest) or only the token (rest-token)
  --mcp              makes the upstream an MCP server at /api/mcp. The policy requires a scope for each tool. Clients
                     discover where to get a token and can register themselves with the authorization server
  --cold             runs each request in a new environment of the function, so that each is a cold start
  --no-keeper        runs without the keeper: the function reads SSM and fetches keys itself
  -c NAME=VALUE      passes an option to the CDK app, as "cdk deploy" does: -c paths=/v2/*, or -c stage=NAME for the
                     options in stages/NAME.json. Repeat it for several options
  --help             prints this text

To simulate an outage of the authorization server, press o or run "curl -X PUT http://localhost:N+1/outage": it returns
503 until you press o again or send DELETE to the same URL. Tokens signed with known keys still pass. Tokens signed
with an unknown key get a 401 until the key set is a minute old, and then a 503.

Output is colored only in a terminal: set NO_COLOR to turn that off, or FORCE_COLOR to color it elsewhere, too.`;

const OPTIONS = {
  port: { type: 'string' },
  upstream: { type: 'string' },
  issuer: { type: 'string' },
  audience: { type: 'string' },
  watch: { type: 'boolean' },
  verbose: { type: 'boolean' },
  as: { type: 'string' },
  authorizer: { type: 'string' },
  mcp: { type: 'boolean' },
  cold: { type: 'boolean' },
  'no-keeper': { type: 'boolean' },
  context: { type: 'string', short: 'c', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const;

export type Arguments =
  | {
      readonly kind: 'start';
      /** Undefined for the first free ports. */
      readonly port: number | undefined;
      readonly upstream: string | undefined;
      readonly provider: { readonly issuer: string; readonly audience: readonly string[] } | undefined;
      readonly watch: boolean;
      readonly verbose: boolean;
      readonly as: SigningServiceName | undefined;
      readonly authorizer: ApiKind | undefined;
      /** The upstream is an MCP server. */
      readonly mcp: boolean;
      readonly keeper: boolean;
      /** Each request gets a new environment of the function. */
      readonly cold: boolean;
      /** Options for the CDK app. */
      readonly context: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'help' };

/**
 * Parses the command line of `npm start`.
 *
 * @param environment in which npm, if it started this process, says what it read from its own command line
 * @throws ArgumentError if the command line is not valid
 */
export function parseArguments(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Arguments {
  if (args.includes('--help') || args.includes('-h')) return { kind: 'help' };
  rejectKeptByNpm(args, environment);
  const { values } = parseStrictly(args, OPTIONS);
  if (values.mcp) rejectBesideMcp(values);
  return {
    kind: 'start',
    port: values.port === undefined ? undefined : parsePort(values.port),
    upstream: values.upstream === undefined ? undefined : parseUpstream(values.upstream),
    provider: parseProvider(values),
    watch: values.watch === true,
    verbose: values.verbose === true,
    as: oneOf('--as', values.as, SIGNING_SERVICES),
    authorizer: oneOf('--authorizer', values.authorizer, API_KINDS),
    mcp: values.mcp === true,
    keeper: values['no-keeper'] !== true,
    cold: values.cold === true,
    context: parseContext(values.context ?? []),
  };
}

/** npm takes any option before `--` as its own and does not pass it on: `npm start --watch` would not watch. */
function rejectKeptByNpm(args: readonly string[], environment: NodeJS.ProcessEnv): void {
  if (environment.npm_lifecycle_event !== 'start') return;
  const isGiven = (option: string) => args.some((arg) => arg === option || arg.startsWith(`${option}=`));
  const options = Object.keys(OPTIONS).map((name) => [`--${name}`, name.replace(/^no-/, '')] as const);
  const kept = [...options, ['-c', 'call'] as const].find(
    ([option, name]) => environment[`npm_config_${name}`] !== undefined && !isGiven(option),
  );
  if (!kept) return;
  const [option] = kept;
  throw new ArgumentError(
    `npm took ${option} as its own option: put -- before the options, as in npm start -- ${option}.`,
  );
}

/** The options that `--mcp` excludes, and why: it replaces them or cannot work behind them. */
const BESIDE_MCP = {
  upstream: 'has an upstream of its own',
  issuer: "accepts tokens of the stack's own authorization server",
  audience: "accepts tokens of the stack's own authorization server",
  authorizer: 'decides on the body of a request, which an authorizer does not get',
} as const;

function rejectBesideMcp(
  values: { readonly [option in keyof typeof BESIDE_MCP]?: string | undefined },
): void {
  for (const [option, why] of Object.entries(BESIDE_MCP)) {
    if (values[option as keyof typeof BESIDE_MCP] === undefined) continue;
    throw new ArgumentError(
      `--mcp cannot be combined with --${option}, because it ${why}: leave out one of the two.`,
    );
  }
}

function parsePort(text: string): number {
  const highest = 65535 - PORT_SPAN;
  if (/^\d{1,5}$/.test(text) && Number(text) <= highest) return Number(text);
  throw new ArgumentError(`--port takes a number from 0 to ${highest}, such as --port 9000.`);
}

/** Catches typing errors at once; the function does the full check. */
function parseUpstream(text: string): string {
  const url = parseUrl(text);
  if (url && url.search === '' && url.hash === '') return url.href.replace(/\/$/, '');
  throw new ArgumentError(
    '--upstream takes the URL of an application without credentials, query or fragment, such as --upstream http://localhost:3000.',
  );
}

/** Leaves the issuer unnormalized, because it is compared as text. */
function parseProvider({ issuer, audience }: { readonly issuer?: string; readonly audience?: string }) {
  if (issuer === undefined && audience === undefined) return undefined;
  if (issuer === undefined) {
    throw new ArgumentError('--audience needs --issuer: add the exact "iss" of the tokens.');
  }
  const url = parseUrl(issuer);
  if (
    !url ||
    (url.protocol === 'http:' && !/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname))
  ) {
    throw new ArgumentError(
      '--issuer takes the exact "iss" of the tokens: an https URL, or an http URL on this machine.',
    );
  }
  const list = audience?.split(',').map((entry) => entry.trim()) ?? [''];
  if (list.includes('')) {
    throw new ArgumentError(
      '--issuer needs --audience: add the "aud" values to accept, separated by commas.',
    );
  }
  return { issuer, audience: list };
}

function parseUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const usable = url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  return usable ? url : undefined;
}

function oneOf<const T extends string>(
  name: string,
  value: string | undefined,
  known: readonly T[],
): T | undefined {
  const found = known.find((candidate) => candidate === value);
  if (value === undefined || found !== undefined) return found;
  throw new ArgumentError(`${name} takes ${known.join(', ').replace(/, ([^,]*)$/, ' or $1')}.`);
}

function parseContext(options: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    options.map((option) => {
      const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(option) ?? [];
      if (name === '') throw new ArgumentError('-c takes NAME=VALUE, such as -c paths=/v2/*.');
      return [name, value];
    }),
  );
}
