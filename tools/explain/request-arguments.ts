import { DEPLOYMENT_OPTIONS } from '../../infra/options/groups/deployment.ts';
import { isRequestId, traceRequestId } from '../../lambda/core/http/request-id.ts';
import { ArgumentError } from '../arguments.ts';

export const REQUEST_HELP = `  --request-id ID     instead of a token: "x-request-id" of a response, or "trace_id" of the access log; finds the
                      decision on that request in CloudWatch Logs (also at --endpoint-url) and explains it
  --stack NAME        search the log groups of this stack (default: ${DEPLOYMENT_OPTIONS.stackName.default})
  --log-group NAME    search this log group instead; may be repeated
  --since TIME        how far back: 30m, 12h or 7d (default: 24h)`;

export const REQUEST_OPTIONS = {
  'request-id': { type: 'string' },
  stack: { type: 'string' },
  'log-group': { type: 'string', multiple: true },
  since: { type: 'string' },
} as const;

/** What to look for in the log. */
export interface RequestArguments {
  readonly kind: 'request';
  readonly id: string;
  /** Empty for the groups of the stack. */
  readonly logGroups: readonly string[];
  readonly stack: string;
  readonly sinceMs: number;
  readonly endpointUrl: string | undefined;
  readonly region: string | undefined;
  readonly json: boolean;
}

/** Options that say where the log is and how to print what it says. */
const WITH_AN_ID = new Set([...Object.keys(REQUEST_OPTIONS), 'endpoint-url', 'region', 'json']);

interface Values {
  readonly 'request-id'?: string;
  readonly stack?: string;
  readonly 'log-group'?: readonly string[];
  readonly since?: string;
  readonly 'endpoint-url'?: string;
  readonly region?: string;
  readonly json?: boolean;
}

/** The arguments for a search in the log; undefined without a request ID. */
export function parseRequestArguments(values: Values): RequestArguments | undefined {
  const {
    'request-id': id,
    stack = DEPLOYMENT_OPTIONS.stackName.default,
    'log-group': logGroups = [],
  } = values;
  const given = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (id === undefined) {
    const stray = given.find((name) => Object.hasOwn(REQUEST_OPTIONS, name));
    if (stray !== undefined) throw new ArgumentError(`--${stray} needs --request-id.`);
    return undefined;
  }
  const other = given.find((name) => !WITH_AN_ID.has(name));
  if (other !== undefined) {
    throw new ArgumentError(
      `--request-id looks up a past decision and cannot be combined with --${other}, which is for trying a new one: leave one out.`,
    );
  }
  if (logGroups.length > 0 && values.stack !== undefined) {
    throw new ArgumentError('--stack and --log-group both say which log groups to search: leave one out.');
  }
  if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stack)) {
    throw new ArgumentError('--stack takes the name of a stack: a letter, then letters, digits and hyphens.');
  }
  const wrong = logGroups.find((name) => !/^[\w./#-]{1,512}$/.test(name));
  if (wrong !== undefined) throw new ArgumentError('--log-group takes the name of a log group, not its ARN.');
  return {
    kind: 'request',
    id: parseId(id),
    logGroups,
    stack,
    sinceMs: parseDuration(values.since ?? '24h'),
    endpointUrl: values['endpoint-url'],
    region: values.region,
    json: values.json ?? false,
  };
}

/** The ID itself, or the one in a trace header. Nothing else goes into a pattern. */
function parseId(text: string): string {
  const id = traceRequestId(text.trim()) ?? text.trim();
  if (isRequestId(id)) return id;
  throw new ArgumentError(
    '--request-id takes one whole id, without quotes or spaces: such as 1-67891233-abcdef012345678912345678, a UUID, or JKJaXmPLvHcESHA= of API Gateway.',
  );
}

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function parseDuration(text: string): number {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  if (count === undefined || Number(count) === 0)
    throw new ArgumentError('--since takes a time such as 30m, 12h or 7d.');
  return Number(count) * UNITS[unit as keyof typeof UNITS];
}
