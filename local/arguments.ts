import { ArgumentError, parseArguments as parseStrictly } from '../tools/arguments.ts';
import { API_KINDS, type ApiKind } from './api-gateway/event.ts';
import { SIGNING_SERVICES, type SigningServiceName } from './identity/signing-service.ts';
import { PORT_SPAN } from './ports.ts';

export const HELP = `Usage: npm start [-- --port N] [--upstream URL] [--issuer URL --audience LIST] [--watch] [--verbose]
                           [--as verified-access|alb-oidc] [--authorizer http|http-v1|rest|rest-token]
                           [--mcp] [--cold] [--no-keeper] [-c NAME=VALUE]

Runs the whole stack on this machine, without an AWS account: the load balancer on port N, an
authorization server on N+1, SSM and CloudWatch Logs on N+2, an upstream that echoes on N+3, a playground for
your browser on N+6, an S3 endpoint for the keeper's snapshot on N+7 and a Lambda endpoint to invoke the keeper on N+8.
Each request is one line; in a terminal, keys act while it runs, and h lists them.

  --port N           port of the load balancer, or 0 to let the system choose all of them (default: 8080, or
                     8090, 8100 and so on where ports from there are taken)
  --upstream URL     an application of yours in place of the upstream that echoes, such as http://localhost:3000
  --issuer URL       accept the tokens of a provider of yours in place of the authorization server, by their exact "iss"
  --audience LIST    what is in the "aud" of these tokens, one of a comma-separated list; goes with --issuer
  --watch            builds and restarts the functions when lambda/ changes
  --verbose          prints all that the parts and the functions write
  --as SERVICE       puts a service that has logged you in in front of the load balancer: each request gets
                     its signed header, x-amzn-ava-user-context with verified-access, x-amzn-oidc-data
                     with alb-oidc. Its public keys are on N+5, and the policy parameter has
                     /api/admin/* take nothing else
  --authorizer KIND  serves an API on N+4 as API Gateway would, with the function as its authorizer: an
                     HTTP API (http has payload format 2.0, http-v1 has 1.0), or a REST API whose
                     authorizer gets the whole request (rest) or the token alone (rest-token)
  --mcp              has the upstream speak MCP at /api/mcp. The policy asks for a scope for each of its tools, and clients
                     discover where to get a token. They can register themselves at the authorization server
  --cold             gives each request a new environment of the function, so that each is a cold start
  --no-keeper        runs without the keeper: the function reads SSM and fetches keys itself
  -c NAME=VALUE      gives the CDK app an option, as "cdk deploy" does: -c paths=/v2/*, or -c stage=NAME for those of
                     stages/NAME.json. May be given several times
  --help             prints this text

To take the keys down, press o, or run "curl -X PUT http://localhost:N+1/outage": the authorization server answers
503 until you press it again, or "curl -X DELETE" the same. Tokens signed with known keys still pass. Those with an
unknown key get a 503 once the key set is a minute old, and 401 before.

Colours are for terminals: set NO_COLOR to have none there, or FORCE_COLOR to have them elsewhere.`;

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
      /** None for the first free ones. */
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
      /** Options of the CDK app. */
      readonly context: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'help' };

/**
 * Parses the command line of `npm start`.
 *
 * @param environment where npm, if it runs this, tells what it has read of its own command line
 * @throws ArgumentError where it cannot be obeyed
 */
export function parseArguments(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Arguments {
  if (args.includes('--help') || args.includes('-h')) return { kind: 'help' };
  refuseKeptByNpm(args, environment);
  const { values } = parseStrictly(args, OPTIONS);
  if (values.mcp) refuseBesideMcp(values);
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

/** npm takes any option before `--` for one of its own, and passes on none of it: `npm start --watch` would not watch. */
function refuseKeptByNpm(args: readonly string[], environment: NodeJS.ProcessEnv): void {
  if (environment.npm_lifecycle_event !== 'start') return;
  const isGiven = (option: string) => args.some((arg) => arg === option || arg.startsWith(`${option}=`));
  const options = Object.keys(OPTIONS).map((name) => [`--${name}`, name.replace(/^no-/, '')] as const);
  const kept = [...options, ['-c', 'call'] as const].find(
    ([option, name]) => environment[`npm_config_${name}`] !== undefined && !isGiven(option),
  );
  if (!kept) return;
  const [option] = kept;
  throw new ArgumentError(
    `npm has kept ${option} for itself: put -- before the options, as in npm start -- ${option}.`,
  );
}

/** What the MCP server takes the place of, or cannot stand behind. */
const BESIDE_MCP = {
  upstream: 'brings an upstream',
  issuer: 'takes the tokens of the authorization server that the stack runs',
  audience: 'takes the tokens of the authorization server that the stack runs',
  authorizer: 'decides by the body of a request, which an authorizer does not get',
} as const;

function refuseBesideMcp(
  values: { readonly [option in keyof typeof BESIDE_MCP]?: string | undefined },
): void {
  for (const [option, why] of Object.entries(BESIDE_MCP)) {
    if (values[option as keyof typeof BESIDE_MCP] === undefined) continue;
    throw new ArgumentError(
      `--mcp does not go with --${option}, because it ${why}: leave one of the two out.`,
    );
  }
}

function parsePort(text: string): number {
  const highest = 65535 - PORT_SPAN;
  if (/^\d{1,5}$/.test(text) && Number(text) <= highest) return Number(text);
  throw new ArgumentError(`--port takes a number from 0 to ${highest}, such as --port 9000.`);
}

/** The function checks it in full; this is so that a slip of the pen shows at once. */
function parseUpstream(text: string): string {
  const url = parseUrl(text);
  if (url && url.search === '' && url.hash === '') return url.href.replace(/\/$/, '');
  throw new ArgumentError(
    '--upstream takes the URL of an application, without credentials, query and fragment, such as --upstream http://localhost:3000.',
  );
}

/** An issuer is compared as text, so it is left as it is. */
function parseProvider({ issuer, audience }: { readonly issuer?: string; readonly audience?: string }) {
  if (issuer === undefined && audience === undefined) return undefined;
  if (issuer === undefined) {
    throw new ArgumentError('--audience goes with --issuer: add the "iss" of the tokens.');
  }
  const url = parseUrl(issuer);
  if (
    !url ||
    (url.protocol === 'http:' && !/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname))
  ) {
    throw new ArgumentError(
      '--issuer takes the exact "iss" of the tokens: an https URL, or an http one of this machine.',
    );
  }
  const list = audience?.split(',').map((entry) => entry.trim()) ?? [''];
  if (list.includes('')) {
    throw new ArgumentError(
      '--issuer needs --audience: one or more "aud" of the tokens, separated by commas.',
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
