import { FIRST_PORT, portOf } from '../../local/ports.ts';
import { ArgumentError, type ParsedArguments, wholeNumber } from '../arguments.ts';
import { checkPrefix, LIVE_OPTIONS, takeEndpoint } from '../parameters.ts';

/** Options of every command about a deployment: which one, and where. */
export const PLACE_OPTIONS = {
  stack: { type: 'string' },
  ...LIVE_OPTIONS,
  local: { type: 'boolean' },
  port: { type: 'string' },
} as const;

export const PLACE_HELP = `  --stack NAME        the deployment of this stack; needed only if the account and region have several
  --path PREFIX       the deployment whose parameters have this prefix, such as /alb-jwt-authorizer
  --region REGION     a region other than the environment's
  --endpoint-url URL  an endpoint other than AWS's own
  --local             the stack that npm start runs on this machine
  --port N            its port, if it is not ${FIRST_PORT}`;

/** As high as its SSM endpoint can be, the only part that is called: `npm start -- --port 0` may get the last ports. */
const MAX_PORT = 65_535 - portOf('ssm', FIRST_PORT) + FIRST_PORT;

/** Which deployment is meant and where it is, as far as the command line says. */
export interface Place {
  readonly stack: string | undefined;
  /** Prefix of the parameters. */
  readonly path: string | undefined;
  /** For all services. Undefined for AWS itself, or for what the environment says. */
  readonly endpoint: URL | undefined;
  readonly local: boolean;
  /** The one that the command line names. */
  readonly region?: string | undefined;
}

/** The options with which other commands, of this project and of the AWS CLI, reach the same endpoint and region. */
export const sameEndpoint = ({ endpoint, region }: Place): string =>
  [
    endpoint === undefined ? '' : ` --endpoint-url ${endpoint.href.replace(/\/$/, '')}`,
    region === undefined ? '' : ` --region ${region}`,
  ].join('');

/**
 * Makes the SDK use the given region and, for an endpoint on this machine, any credentials.
 *
 * @throws ArgumentError if the options contradict each other
 */
export function takePlace({ values }: ParsedArguments<typeof PLACE_OPTIONS>): Place {
  const { stack, path, region, local = false, port, 'endpoint-url': endpointUrl } = values;
  if (stack !== undefined && !/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stack)) {
    throw new ArgumentError('--stack takes the name of a stack: a letter, then letters, digits and hyphens.');
  }
  if (path !== undefined) checkPrefix(path);
  if (port !== undefined && !local) throw new ArgumentError('--port needs --local.');
  if (local && (endpointUrl !== undefined || region !== undefined)) {
    throw new ArgumentError('--local says where the stack is: leave out --endpoint-url and --region.');
  }
  const first =
    port === undefined ? FIRST_PORT : wholeNumber('--port', port, { min: 1, max: MAX_PORT, example: 8090 });
  const url = local ? `http://localhost:${portOf('ssm', first)}` : endpointUrl;
  return { stack, path, endpoint: takeEndpoint({ endpointUrl: url, region }), local, region };
}
