import { parseArgs } from 'node:util';
import { API_KINDS, type ApiKind } from './api-gateway/event.ts';
import { SIGNING_SERVICES, type SigningServiceName } from './identity/signing-service.ts';
import { PORT_SPAN } from './ports.ts';

export const HELP = `Usage: npm start [-- --port N] [--as verified-access|alb-oidc] [--authorizer http|http-v1|rest|rest-token]
                           [--cold] [--no-keeper] [-c NAME=VALUE]

Runs the whole stack on this machine, without an AWS account: the load balancer on port N, an
authorization server on N+1, SSM and CloudWatch Logs on N+2, an upstream that echoes on N+3, a playground for
your browser on N+6, an S3 endpoint for the keeper's snapshot on N+7 and a Lambda endpoint to invoke the keeper on N+8.

  --port N           port of the load balancer (default: 8080); 0 lets the system choose all of them
  --as SERVICE       puts a service that has logged you in in front of the load balancer: each request gets
                     its signed header, x-amzn-ava-user-context with verified-access, x-amzn-oidc-data
                     with alb-oidc. Its public keys are on N+5, and the policy parameter has
                     /api/admin/* take nothing else
  --authorizer KIND  serves an API on N+4 as API Gateway would, with the function as its authorizer: an
                     HTTP API (http has payload format 2.0, http-v1 has 1.0), or a REST API whose
                     authorizer gets the whole request (rest) or the token alone (rest-token)
  --cold             gives each request a new environment of the function, so that each is a cold start
  --no-keeper        runs without the keeper: the function reads SSM and fetches keys itself
  -c NAME=VALUE      gives the CDK app an option, as "cdk deploy" does: -c paths=/v2/*, or -c stage=NAME for those of
                     stages/NAME.json. May be given several times
  --help             prints this text

To take the keys down, run "curl -X PUT http://localhost:N+1/outage": the authorization server answers 503
until "curl -X DELETE" of the same. Tokens signed with known keys still pass. Those with an unknown key get
a 503 once the key set is a minute old, and 401 before. The lines "auth │ GET … 503" are the attempts to
fetch keys; with --no-keeper there is at most one per 10 seconds.`;

export type Arguments =
  | {
      readonly kind: 'start';
      readonly port: number;
      readonly as: SigningServiceName | undefined;
      readonly authorizer: ApiKind | undefined;
      readonly keeper: boolean;
      /** Each request gets a new environment of the function. */
      readonly cold: boolean;
      /** Options of the CDK app. */
      readonly context: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'help' }
  | { readonly kind: 'invalid'; readonly problem: string };

const FLAGS = ['cold', 'no-keeper', 'help'];
const NAMES = ['port', 'as', 'authorizer', 'context', ...FLAGS];

/** Parses the command line of `npm start`. */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      as: { type: 'string' },
      authorizer: { type: 'string' },
      context: { type: 'string', short: 'c', multiple: true },
      cold: { type: 'boolean' },
      'no-keeper': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const unknown = [
    ...tokens.flatMap((token) =>
      token.kind === 'option' && !NAMES.includes(token.name) ? [token.rawName] : [],
    ),
    ...positionals,
  ];
  if (unknown.length > 0) {
    return {
      kind: 'invalid',
      problem: `Unknown argument ${unknown.join(', ')}. There are --port N, --as SERVICE, --authorizer KIND, --cold, --no-keeper, -c NAME=VALUE and --help.`,
    };
  }
  if (values.help) return { kind: 'help' };
  const valued = tokens.find(
    (token) => token.kind === 'option' && FLAGS.includes(token.name) && token.value !== undefined,
  );
  if (valued?.kind === 'option') {
    return { kind: 'invalid', problem: `${valued.rawName} takes no value.` };
  }
  const port = values.port ?? '8080';
  const highest = 65535 - PORT_SPAN;
  if (typeof port !== 'string' || !/^\d{1,5}$/.test(port) || Number(port) > highest) {
    return { kind: 'invalid', problem: `--port takes a number from 0 to ${highest}, such as --port 9000.` };
  }
  const as = SIGNING_SERVICES.find((service) => service === values.as);
  if (values.as !== undefined && as === undefined) {
    return { kind: 'invalid', problem: `--as takes ${SIGNING_SERVICES.join(' or ')}.` };
  }
  const authorizer = API_KINDS.find((candidate) => candidate === values.authorizer);
  if (values.authorizer !== undefined && authorizer === undefined) {
    return { kind: 'invalid', problem: `--authorizer takes ${API_KINDS.join(' or ')}.` };
  }
  const given = (values.context ?? []).map((option) => /^([^=]+)=(.*)$/s.exec(String(option)));
  if (given.includes(null)) {
    return { kind: 'invalid', problem: '-c takes NAME=VALUE, such as -c paths=/v2/*.' };
  }
  const context = Object.fromEntries(given.map((match) => [match?.[1] ?? '', match?.[2] ?? '']));
  return {
    kind: 'start',
    context,
    port: Number(port),
    as,
    authorizer,
    keeper: values['no-keeper'] !== true,
    cold: values.cold === true,
  };
}
