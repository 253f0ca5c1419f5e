import { DEFAULT_CONFIG_PATH, DEFAULT_CONFIG_REFRESH_SECONDS } from '../lambda/contract.ts';
import { nearestName } from './nearest-name.ts';
import {
  flag,
  fraction,
  matching,
  oneOf,
  type Parse,
  parameterPath,
  retentionDays,
  wholeNumber,
} from './parse.ts';

interface Option {
  /** What the option does, for the README's table and for people who read this one. */
  readonly description: string;
  /** `undefined` where the option may be left out. */
  readonly default: unknown;
  readonly parse: Parse<unknown>;
}

/** Every context value (`-c name=value`) the app takes. The README's table is tested against this one. */
export const OPTIONS = {
  stackName: {
    description: 'Name of the CloudFormation stack',
    default: 'AlbJwtAuthorizer',
    parse: matching(
      /^[A-Za-z][A-Za-z0-9-]{0,127}$/,
      'a letter, then at most 127 letters, digits and hyphens',
    ),
  },
  configPath: {
    description: 'Prefix of the SSM parameters',
    default: DEFAULT_CONFIG_PATH,
    parse: parameterPath,
  },
  configRefreshSeconds: {
    description: 'How old the function lets its configuration get, in seconds',
    default: DEFAULT_CONFIG_REFRESH_SECONDS,
    parse: wholeNumber(1, 3600),
  },
  vpcId: {
    description:
      'An existing VPC to put the load balancer in, instead of a new one; needs AWS credentials at synth',
    default: undefined,
    parse: matching(/^vpc-([0-9a-f]{8}|[0-9a-f]{17})$/, 'a VPC id such as vpc-0123456789abcdef0'),
  },
  internal: {
    description: 'A load balancer that only its own VPC can reach',
    default: false,
    parse: flag,
  },
  certificateArn: {
    description: 'Certificate of an HTTPS listener on 443; port 80 then redirects there',
    default: undefined,
    parse: matching(
      /^arn:aws[a-z-]*:(acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+|iam::\d{12}:server-certificate\/[\w+=,.@/-]+)$/,
      'the ARN of a certificate in ACM or IAM',
    ),
  },
  rulePriority: {
    description: 'Priority of the listener rule for /api/*',
    default: 10,
    parse: wholeNumber(1, 50_000),
  },
  memorySize: {
    // The function mostly waits for its upstream and is billed for that time by its memory; verifying takes
    // a fraction of a millisecond even on the third of a vCPU that comes with this much.
    description: 'Memory of the function in MB; its share of a vCPU grows with it',
    default: 512,
    parse: wholeNumber(128, 10_240),
  },
  timeoutSeconds: {
    // Below the 60 s after which the load balancer gives up, so that the caller gets the function's 504.
    description: 'Time limit of one request in seconds, waiting for the upstream included',
    default: 30,
    parse: wholeNumber(3, 900),
  },
  logRetentionDays: {
    description: 'How long the log group keeps its events, in days',
    default: 30,
    parse: retentionDays,
  },
  logLevel: {
    description: 'Lowest level that the function logs',
    default: 'INFO',
    parse: oneOf('DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SILENT'),
  },
  allowedLogRate: {
    description:
      'Part of the allowed requests that get a log line, from 0 to 1; any other request always gets one',
    default: 1,
    parse: fraction,
  },
} as const satisfies Record<string, Option>;

export type OptionName = keyof typeof OPTIONS;

type Value<O extends Option> =
  | (O['parse'] extends Parse<infer T> ? T : never)
  | (undefined extends O['default'] ? undefined : never);

type Values = {
  readonly [Name in OptionName]: Value<(typeof OPTIONS)[Name]>;
};

/** Account and region of the synth, as the CDK CLI finds them from the caller's credentials. */
export interface Environment {
  readonly account: string;
  readonly region: string;
}

export type Options = Values & {
  /** Set where a lookup needs it; without, the template fits any account and region. */
  readonly env: Environment | undefined;
};

export type ParsedOptions =
  | { readonly kind: 'ok'; readonly options: Options }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** CDK keeps feature flags, cached lookups and CLI settings in the same bag. None of ours look so. */
function belongsToCdk(name: string): boolean {
  return /[@:/]/.test(name) || name.startsWith('cli-') || name === 'acknowledged-issue-numbers';
}

function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

/**
 * Parses context into options, reporting every problem at once.
 *
 * @param context all context values, CDK's own among them.
 * @param cdkDefaults the environment variables that the CDK CLI sets from the caller's credentials.
 */
export function parseOptions(
  context: Readonly<Record<string, unknown>>,
  cdkDefaults: { readonly CDK_DEFAULT_ACCOUNT?: string; readonly CDK_DEFAULT_REGION?: string },
): ParsedOptions {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { default: fallback }] of Object.entries(OPTIONS)) {
    values[name] = fallback;
  }
  for (const [name, given] of Object.entries(context)) {
    if (belongsToCdk(name)) {
      continue;
    }
    if (!isOptionName(name)) {
      const near = nearestName(name, Object.keys(OPTIONS));
      problems.push(`${name} is not an option${near === undefined ? '' : `; did you mean ${near}?`}`);
      continue;
    }
    const parsed = OPTIONS[name].parse(String(given));
    if ('expected' in parsed) {
      problems.push(`${name} must be ${parsed.expected}; it is ${JSON.stringify(given)}`);
    } else {
      values[name] = parsed.value;
    }
  }

  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = cdkDefaults;
  const env = values.vpcId !== undefined && account && region ? { account, region } : undefined;
  if (values.vpcId !== undefined && env === undefined) {
    problems.push(
      'vpcId needs an account and a region to look the VPC up in; sign in to AWS, or set AWS_PROFILE and AWS_REGION',
    );
  }
  return problems.length > 0
    ? { kind: 'invalid', problems }
    : { kind: 'ok', options: { ...(values as unknown as Values), env } };
}

/** One message with every problem and what there is to choose from. */
export function formatProblems(problems: readonly string[]): string {
  return [
    `Cannot synthesize, ${problems.length === 1 ? 'a context value is' : `${problems.length} context values are`} wrong:`,
    ...problems.map((problem) => `  - ${problem}`),
    `Options (-c name=value): ${Object.keys(OPTIONS).join(', ')}`,
  ].join('\n');
}
