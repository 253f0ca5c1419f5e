import { firstLine } from '../lambda/io/service-error.ts';

/** A call to AWS that a command makes. */
export interface AwsCall {
  /** What it is for, as the beginning of a sentence: "The parameters under /app". */
  readonly what: string;
  /** What failed, "could not be read" by default. */
  readonly failed?: string;
  readonly service:
    | 'SSM'
    | 'CloudWatch Logs'
    | 'CloudWatch'
    | 'CloudFormation'
    | 'Lambda'
    | 'ACM'
    | 'STS'
    | 'Elastic Load Balancing v2';
  /** As IAM names it. */
  readonly action: string;
  /** Where the call goes, if it does not go to AWS itself, and the setting that says so. */
  readonly endpoint: Endpoint | undefined;
  /** The profile that the environment names. */
  readonly profile: string | undefined;
}

interface Endpoint {
  readonly url: string;
  readonly setting: string;
}

/** The endpoint that the SDK uses: the one from an argument, or else from the environment. */
export function endpointOf(
  given: string | undefined,
  service: AwsCall['service'],
  environment: NodeJS.ProcessEnv,
): Endpoint | undefined {
  if (given !== undefined) return { url: given, setting: '--endpoint-url' };
  const own = `AWS_ENDPOINT_URL_${service.replaceAll(' ', '_').toUpperCase()}`;
  const setting = [own, 'AWS_ENDPOINT_URL'].find((name) => environment[name]);
  return setting === undefined ? undefined : { url: environment[setting] ?? '', setting };
}

/** What is known about a failure of the SDK, the service or the network. */
interface Facts {
  readonly name: string;
  /** The code of a network or TLS error; empty for other errors. */
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
}

/** What is wrong, and what to do about it. */
interface Account {
  readonly fault: string;
  readonly remedy: string;
}

/** What could not be read and why, and what to do, in a sentence each. */
export interface AwsErrorAccount {
  readonly detail: string;
  readonly remedy: string;
  /** Whether the credentials are valid but not allowed to do this. */
  readonly denied: boolean;
}

/** Quotes a service's own words, up to the end of their first line. */
export function awsErrorAccount(error: unknown, call: AwsCall): AwsErrorAccount {
  const facts = factsOf(error);
  const { fault, remedy } = KINDS.find(({ is }) => is(facts))?.account(facts, call) ?? other(facts);
  return {
    detail: `${call.what} ${call.failed ?? 'could not be read'}: ${fault}.`,
    remedy: `${remedy}.`,
    denied: isDenied(facts),
  };
}

function factsOf(error: unknown): Facts {
  const { name, code, message, $metadata } = error as Error & {
    readonly code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  return {
    name: String(name),
    // The SDK may wrap errors that it does not know, and then keeps only the message.
    code: typeof code === 'string' ? code : (/\bE[A-Z]{4,}(?:_[A-Z]+)*\b/.exec(String(message))?.[0] ?? ''),
    message: firstLine(String(message)),
    status: $metadata?.httpStatusCode,
  };
}

/** For errors without an entry in the table: the service's own words. */
const other = ({ name, message, status }: Facts): Account => ({
  fault: `${status === undefined ? '' : `status ${status}, `}${name}: ${message.replace(/\.$/, '')}`,
  remedy:
    (status ?? 0) >= 500
      ? 'The service is at fault: try again in a minute'
      : 'Check --region, --endpoint-url and the credentials',
});

interface Kind {
  readonly is: (facts: Facts) => boolean;
  readonly account: (facts: Facts, call: AwsCall) => Account;
}

const named =
  (pattern: RegExp) =>
  ({ name }: Facts): boolean =>
    pattern.test(name);
const coded =
  (pattern: RegExp) =>
  ({ code }: Facts): boolean =>
    pattern.test(code);
const always =
  (fault: string, remedy: string): Kind['account'] =>
  () => ({ fault, remedy });

/** Only the origin of the URL, which may contain a user and a password. */
const placeOf = ({ endpoint, service }: AwsCall): string => {
  if (endpoint === undefined) return `the endpoint of ${service}`;
  return URL.canParse(endpoint.url) ? new URL(endpoint.url).origin : `the endpoint in ${endpoint.setting}`;
};
const checkEndpoint = ({ endpoint }: AwsCall): string =>
  `Check ${endpoint?.setting ?? '--endpoint-url'}: npm start prints the address of SSM, which serves CloudWatch Logs too`;
const whereElse = (call: AwsCall): string =>
  call.endpoint === undefined ? 'Check the network, the proxy and --region' : checkEndpoint(call);

const isDenied = named(/^AccessDenied|^UnauthorizedOperation|^NotAuthorized|^Forbidden/);

const EXPIRED = always(
  'the credentials have expired',
  'Log in again (aws sso login), or renew those in the environment',
);

/** The first that fits applies. */
const KINDS: readonly Kind[] = [
  {
    is: ({ message }) => message === 'Invalid URL',
    account: (_, call) => ({
      fault: `${placeOf(call)} is not a URL`,
      remedy: 'Give a URL such as http://localhost:8082, or unset it',
    }),
  },
  {
    is: ({ message }) => message.startsWith('Region is missing'),
    account: always('no region is set', 'Give --region, or set AWS_REGION'),
  },
  {
    is: ({ message }) => message.startsWith('Region not accepted'),
    account: always('the name of the region is not valid', 'Give --region a name such as eu-central-1'),
  },
  {
    is: (facts) =>
      named(/^Expired|^TokenRefreshRequired/)(facts) ||
      (named(/^(?:Credentials|Token)Provider/)(facts) && /expired|refresh/i.test(facts.message)),
    account: EXPIRED,
  },
  {
    is: named(/^(?:Credentials|Token)Provider/),
    account: (_, { profile }) =>
      profile === undefined
        ? {
            fault: 'there are no credentials',
            remedy:
              'Log in (aws sso login), set AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
          }
        : {
            fault: `there are no credentials for the profile ${profile}`,
            remedy: 'Check AWS_PROFILE: aws configure list-profiles shows the profiles',
          },
  },
  {
    is: named(/^(?:UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|MissingAuthenticationToken)/),
    account: always(
      'AWS does not know the credentials',
      'Check AWS_PROFILE and AWS_ACCESS_KEY_ID, and AWS_SESSION_TOKEN for temporary ones',
    ),
  },
  {
    is: (facts) =>
      named(/^Request(?:Expired|TimeTooSkewed)/)(facts) ||
      (named(/Signature/)(facts) && /expired|not yet current|skew/i.test(facts.message)),
    account: always("the time in the request is too far from AWS's", 'Set the clock of this machine'),
  },
  {
    is: named(/Signature/),
    account: always(
      'AWS does not accept the signature of the request',
      'Check that AWS_SECRET_ACCESS_KEY belongs to AWS_ACCESS_KEY_ID, and that no proxy changes requests',
    ),
  },
  {
    is: isDenied,
    account: ({ message }, { action, what }) => {
      const [, principal] = /User: (\S+)/.exec(message) ?? [];
      const [, done] = /perform: (\S+)/.exec(message) ?? [];
      const [, resource] = /on resource: (\S+)/.exec(message) ?? [];
      const whose = principal === undefined ? 'the credentials' : principal;
      return {
        fault: `access denied to ${done ?? action} on ${resource ?? lowerFirst(what)}`,
        remedy: /explicit deny/.test(message)
          ? `A policy denies it to ${whose} explicitly: use other credentials, or have that policy changed`
          : `Allow it in a policy of ${whose}, or use other credentials (aws sts get-caller-identity shows whose they are)`,
      };
    },
  },
  {
    is: named(/^(?:Resource|Listener|LoadBalancer|TargetGroup|Certificate)NotFound/),
    account: always('it does not exist', 'Check its name, --region and the account of the credentials'),
  },
  {
    is: named(/Throttl|^TooManyRequests|^LimitExceeded|^RequestLimitExceeded/),
    account: always('there were too many calls', 'Try again in a moment'),
  },
  {
    is: coded(/^(?:ENOTFOUND|EAI_AGAIN)$/),
    account: ({ message }, call) => ({
      fault: `there is no host ${message.split(' ').at(-1)}`,
      remedy: call.endpoint === undefined ? 'Check --region and the network' : checkEndpoint(call),
    }),
  },
  {
    is: coded(/^ECONNREFUSED$/),
    account: (_, call) => ({ fault: `nothing listens at ${placeOf(call)}`, remedy: whereElse(call) }),
  },
  {
    is: (facts) => coded(/^(?:ECONNRESET|EPIPE)$/)(facts) || facts.message.endsWith('socket hang up'),
    account: (_, call) => ({
      fault: `${placeOf(call)} closes the connection without a response`,
      remedy: whereElse(call),
    }),
  },
  {
    is: (facts) => coded(/^ETIMEDOUT$/)(facts) || named(/^(?:Timeout|Abort)Error$/)(facts),
    account: (_, call) => ({ fault: `${placeOf(call)} does not respond in time`, remedy: whereElse(call) }),
  },
  {
    is: coded(/^EPROTO$|WRONG_VERSION_NUMBER/),
    account: (_, call) => ({
      fault: `${placeOf(call)} does not speak TLS`,
      remedy: `Check ${call.endpoint?.setting ?? '--endpoint-url'}: it may have to begin with http://`,
    }),
  },
  {
    is: coded(/CERT|SELF_SIGNED|UNABLE_TO/),
    account: ({ code }, call) => ({
      fault: `the certificate of ${placeOf(call)} is not trusted (${code})`,
      remedy: 'Behind a proxy that opens TLS, name its CA in NODE_EXTRA_CA_CERTS',
    }),
  },
  {
    is: (facts) =>
      (facts.status ?? 0) < 500 &&
      (named(/^SyntaxError$|^UnknownOperation|^Unknown$/)(facts) ||
        coded(/^HPE_/)(facts) ||
        /Parse Error: Expected HTTP/.test(facts.message)),
    account: (_, call) => ({
      fault: `what responds at ${placeOf(call)} is not ${call.service}`,
      remedy: checkEndpoint(call),
    }),
  },
];

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
