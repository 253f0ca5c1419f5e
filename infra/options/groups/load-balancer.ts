import type { Option } from '../option.ts';
import { commaSeparated, flag, matching, oneOf, wholeNumber } from '../parse.ts';

const CERTIFICATE =
  /^arn:aws[a-z-]*:(acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+|iam::\d{12}:server-certificate\/[\w+=.@/-]+)$/;

/** The load balancer, its names and its rules. */
export const LOAD_BALANCER_OPTIONS = {
  paths: {
    description:
      'Paths routed to the function, separated by commas: `*` matches any number of characters and `?` exactly one; a pattern such as `/api/*` also matches `/api`',
    default: ['/api/*'] as readonly string[],
    // The characters that the load balancer allows.
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html
    parse: commaSeparated(
      /^\/[A-Za-z0-9_.$/~"'@:+&*?-]{0,127}$/,
      'paths such as /api/*, separated by commas, each of at most 128 characters that the load balancer allows in a pattern',
    ),
  },
  hosts: {
    description:
      'Host names for which those paths are routed to the function, separated by commas, with the same wildcards; any host by default',
    default: undefined,
    parse: commaSeparated(
      /^(?=.{3,128}$)[a-z0-9*?_-]+(\.[a-z0-9*?_-]+)*\.[a-z]+$/,
      'host names such as api.example.com or *.example.com, separated by commas, in lower case, with letters only after the last dot',
    ),
  },
  rulePriority: {
    description:
      'Priority of the first listener rule, and the start of the range from which further rules get theirs; the synth prints both',
    default: 10,
    parse: wholeNumber(1, 50_000),
  },
  resourceDocuments: {
    description:
      "Whether a listener rule sends requests for `/.well-known/oauth-protected-resource` and the paths below it to the function, which serves the metadata of the policy's `resources` there; true by default, except on an existing listener (`listenerArn`) and where `rulePriority` or the wildcards of a host leave no room for the rule",
    default: undefined,
    parse: flag,
  },
  domainName: {
    description:
      'Domain name of the API: it gets an alias record and, without `certificateArn`, a certificate validated by DNS',
    default: undefined,
    parse: matching(
      /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
      'a host name in lower case, such as api.example.com',
    ),
  },
  hostedZoneId: {
    description: "Route 53 hosted zone for that name, in the stack's account",
    default: undefined,
    parse: matching(/^Z[A-Z0-9]{1,31}$/, 'the id of a hosted zone, such as Z0123456789ABCDEFGHIJ'),
  },
  certificateArn: {
    description: 'Certificate for an HTTPS listener on port 443',
    default: undefined,
    parse: matching(CERTIFICATE, 'the ARN of a certificate in ACM or IAM'),
  },
  sniCertificateArns: {
    description:
      'Further certificates for that listener, separated by commas; it presents the one that matches the name the client asks for (SNI)',
    default: undefined,
    parse: commaSeparated(CERTIFICATE, 'ARNs of certificates in ACM or IAM, separated by commas'),
  },
  http: {
    description:
      'Port 80 when there is a certificate: `closed` by default; with `redirect`, a client that calls it sends its token in clear text before it is redirected',
    default: undefined,
    parse: oneOf('closed', 'redirect'),
  },
  deletionProtection: {
    description:
      'Whether the load balancer is protected from deletion; by default, only if it has a certificate. Turn this off in a separate deploy before you destroy the stack or replace the load balancer',
    default: undefined,
    parse: flag,
  },
  desyncMitigationMode: {
    description:
      'What the load balancer does with requests that two servers might read differently: `strictest` blocks every request that does not comply with RFC 7230, `defensive` those known to be dangerous, `monitor` none',
    default: 'strictest',
    parse: oneOf('monitor', 'defensive', 'strictest'),
  },
  ipAddressType: {
    description:
      'Addresses of the load balancer: `ipv4`, `dualstack`, or `dualstack-without-public-ipv4` if every client has IPv6',
    default: 'ipv4',
    parse: oneOf('ipv4', 'dualstack', 'dualstack-without-public-ipv4'),
  },
} as const satisfies Record<string, Option>;
