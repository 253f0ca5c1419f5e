/**
 * The names that the deployed function and the CDK app share. Imports nothing, so that either side may
 * import it without bringing in the other.
 */

/** Prefix of the SSM parameters where `CONFIG_PATH` is not set. */
export const DEFAULT_CONFIG_PATH = '/alb-jwt-authorizer';

/** The longest prefix. Two of them and their parameters' names fit into the id of the custom resource. */
export const MAX_CONFIG_PATH = 400;

/** How old the configuration may get where `CONFIG_REFRESH_SECONDS` is not set, in seconds. */
export const DEFAULT_CONFIG_REFRESH_SECONDS = 60;

/** Environment variables that the function reads; everything else comes from SSM. */
export const ENVIRONMENT = {
  /** Prefix of the SSM parameters, with a leading slash and none at the end. */
  configPath: 'CONFIG_PATH',
  /** How old the configuration may get, in seconds: a whole number from 1 to 3600. */
  configRefreshSeconds: 'CONFIG_REFRESH_SECONDS',
  /** Part of the allowed requests that get a log line, from 0 to 1; any other request always gets one. */
  allowedLogRate: 'ALLOWED_LOG_RATE',
  /** What an HTTP API with payload format 2.0 expects of its authorizer: `simple` (the default) or `iam`. */
  httpApiResponse: 'HTTP_API_RESPONSE',
  /** Dimension `service` of the metrics and `service` of the log lines, which tell deployments apart. */
  service: 'POWERTOOLS_SERVICE_NAME',
  /** URL of the snapshot that the keeper writes and verifiers read; without it verifiers read SSM and fetch keys. */
  snapshotUrl: 'SNAPSHOT_URL',
  /** URL of the secrets that the keeper makes for all verifiers; without it there are none. */
  secretsUrl: 'SECRETS_URL',
  /** Account that must own the buckets of both, in 12 digits. */
  snapshotOwner: 'SNAPSHOT_OWNER',
  /** How long ago the keeper may have read the parameters for a snapshot to count as fresh, in seconds. */
  maxSnapshotSeconds: 'MAX_SNAPSHOT_SECONDS',
  /** `false` where verifiers reach no key endpoint; `true` (the default) where they do. */
  egress: 'EGRESS',
  /** `false` if no API caches the answers of this authorizer; `true` (the default) if one may. */
  authorizerCache: 'AUTHORIZER_CACHE',
} as const;

/** How old the reading in a fresh snapshot may be where `MAX_SNAPSHOT_SECONDS` is not set, in seconds. */
export const DEFAULT_MAX_SNAPSHOT_SECONDS = 180;

/** Where the keeper's objects are in its bucket. */
export const SNAPSHOT = {
  prefix: 'snapshot/',
  /** Holds the id that the custom resource has now, by which its Delete is told from that of an id it had before. */
  idKey: 'snapshot/custom-resource-id',
} as const;

/**
 * The key of the snapshot of the parameters under a prefix. It has the prefix, since a version that reads others may
 * still be in use, and the number of the format, so that a verifier never reads one that it does not know.
 */
export const snapshotKey = (configPath: string): string => `${SNAPSHOT.prefix}1${configPath}.json`;

/** Where the shared secrets are in their own bucket, with the number of their format in the key. */
export const SECRETS = { prefix: 'secrets/', key: 'secrets/1.json' } as const;

/** Where the metadata documents of resources are (RFC 9728 §3), each with the path of its resource after this one. */
export const RESOURCE_DOCUMENTS = '/.well-known/oauth-protected-resource';

/** Values of `HTTP_API_RESPONSE`. */
export type HttpApiResponse = 'simple' | 'iam';

/** What a service may be called: like a deployment, or like the path of its parameters. */
export const SERVICE_NAME = /^[\w./-]{1,400}$/;

/** The service where `POWERTOOLS_SERVICE_NAME` is not set. */
export const DEFAULT_SERVICE = 'alb-jwt-authorizer';

/** Namespace of the metrics. */
export const METRICS_NAMESPACE = 'AlbJwtAuthorizer';

/** Names of the metrics. All have the dimension `service`. */
export const METRICS = {
  /** Count, by the further dimensions `outcome` and `code`. */
  decisions: 'Decisions',
  /** From the event to the decision, in ms. */
  decisionTime: 'DecisionTime',
  /** Of those requests that went to the upstream, in ms. */
  upstreamTime: 'UpstreamTime',
  /** Count of decisions on a token that was remembered. */
  rememberedTokens: 'RememberedTokens',
  /** Counts. */
  keyFetches: 'KeyFetches',
  keyFetchFailures: 'KeyFetchFailures',
  configRefreshes: 'ConfigRefreshes',
  configRefreshFailures: 'ConfigRefreshFailures',
  /** Count of configurations that were read and are not valid. */
  configRejected: 'ConfigRejected',
  /** Since the keeper read the parameters, as a verifier finds it in the snapshot, in seconds. */
  snapshotAge: 'SnapshotAge',
  /** Count of snapshots that a verifier could not read or use. */
  snapshotFailures: 'SnapshotFailures',
  /** Since the keeper last read the parameters, as it ends a run, in seconds. */
  parametersAge: 'ParametersAge',
  /** Since when what is in SSM has been refused, in seconds; 0 where nothing is. */
  refusedFor: 'RefusedFor',
  /** Count of what keeper runs could not do: read SSM, write the snapshot, or keep the shared secrets. */
  keeperFailures: 'KeeperFailures',
} as const;

/** Values of the dimension `outcome`. */
export const OUTCOMES = ['allowed', 'reported', 'rejected', 'unavailable', 'failed'] as const;

interface Parameter {
  readonly type: 'String' | 'StringList';
  /** What a fresh deployment holds. A value under `.invalid` (RFC 2606) is a placeholder, never config. */
  readonly initial: string;
  readonly description: string;
}

/**
 * The SSM parameters under the prefix. The function reads them all in one `GetParameters` call, which takes
 * at most 10 names.
 */
export const PARAMETERS = {
  issuer: {
    type: 'String',
    initial: 'https://issuer.invalid',
    description: 'Exact "iss" of the tokens to accept, e.g. https://login.example.com/',
  },
  audience: {
    type: 'StringList',
    initial: 'audience.invalid',
    description: 'Comma-separated audiences; one of them must be in "aud"',
  },
  'jwks-uri': {
    type: 'String',
    initial: 'discover',
    description: 'Key set URL, or "discover" to read it from the OIDC discovery document of the issuer',
  },
  upstream: {
    type: 'String',
    initial: 'whoami',
    description: 'Origin that allowed requests go to, or "whoami" to answer with the verified identity',
  },
  policy: {
    type: 'String',
    initial: '{}',
    description: 'Further providers, routes and claim rules as JSON',
  },
  revocations: {
    type: 'String',
    initial: '{}',
    description: 'Kill switch as JSON: revoked jti, sub, client_id and "issued before" per issuer',
  },
} as const satisfies Record<string, Parameter>;

export type ParameterName = keyof typeof PARAMETERS;

/**
 * The custom resource by which a stack seeds the parameters. Its properties, beside those of every custom
 * resource: `Path` is the prefix, `Parameters` has the initial values by name, `StringLists` names those whose type is
 * StringList, `SnapshotUrl` is where the snapshot is, whether a keeper writes one or not, and `SecretsUrl` where the
 * shared secrets are, if there are any. `Keeper` and `SnapshotKey` (the KMS key of the snapshot's bucket, if it has one) are there
 * to make an Update of their changes.
 */
export const CONFIGURATION_RESOURCE = {
  type: 'Custom::AlbJwtAuthorizerConfiguration',
  /** Attribute: names of the parameters that were there before the stack, separated by commas, or "none". */
  adopted: 'Adopted',
} as const;

/**
 * The custom resource that finds the security group by which CloudFront enters a VPC, the one of its property `VpcId`.
 * CloudFront makes the group with a VPC's first VPC origin, and nothing that CloudFormation creates tells its id. The
 * resource's own id is the group's, too.
 */
export const CLOUDFRONT_GROUP = {
  type: 'Custom::AlbJwtAuthorizerCloudFrontGroup',
  /** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html */
  name: 'CloudFront-VPCOrigins-Service-SG',
  /** Attribute: the group's id. */
  groupId: 'GroupId',
} as const;

/** Tag of each parameter that a stack has created; its value is the stack's id. */
export const STACK_TAG = 'alb-jwt-authorizer:stack-id';
