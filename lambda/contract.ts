/**
 * The names that the deployed function and the CDK app share. Imports nothing, so that either side can import it
 * without pulling in the other.
 */

/** Prefix of the SSM parameters where `CONFIG_PATH` is not set. */
export const DEFAULT_CONFIG_PATH = '/alb-jwt-authorizer';

/** The longest prefix: two prefixes and the names of their parameters must fit into the id of the custom resource. */
export const MAX_CONFIG_PATH = 400;

/** How old the configuration may get, in seconds, where `CONFIG_REFRESH_SECONDS` is not set. */
export const DEFAULT_CONFIG_REFRESH_SECONDS = 60;

/** Environment variables that the function reads; everything else comes from SSM. */
export const ENVIRONMENT = {
  /** Prefix of the SSM parameters, with a slash at the start and none at the end. */
  configPath: 'CONFIG_PATH',
  /** How old the configuration may get, in seconds: a whole number from 1 to 3600. */
  configRefreshSeconds: 'CONFIG_REFRESH_SECONDS',
  /** Fraction of allowed requests that get a log line, from 0 to 1. All other requests get one. */
  allowedLogRate: 'ALLOWED_LOG_RATE',
  /** What an HTTP API with payload format 2.0 expects of its authorizer: `simple` (the default) or `iam`. */
  httpApiResponse: 'HTTP_API_RESPONSE',
  /** Dimension `service` of the metrics and `service` in log lines, which distinguish deployments. */
  service: 'POWERTOOLS_SERVICE_NAME',
  /** URL of the snapshot that the keeper writes and verifiers read; without it verifiers read SSM and fetch keys. */
  snapshotUrl: 'SNAPSHOT_URL',
  /** URL of the secrets that the keeper makes for all verifiers; without it there are no secrets. */
  secretsUrl: 'SECRETS_URL',
  /** The account that must own both buckets, 12 digits. */
  snapshotOwner: 'SNAPSHOT_OWNER',
  /** A snapshot is fresh if the keeper read its parameters at most this many seconds ago. */
  maxSnapshotSeconds: 'MAX_SNAPSHOT_SECONDS',
  /** `false` if verifiers cannot reach key endpoints; `true` (the default) if they can. */
  egress: 'EGRESS',
  /** `false` if no API caches the responses of this authorizer; `true` (the default) if one may. */
  authorizerCache: 'AUTHORIZER_CACHE',
} as const;

/** The default of `MAX_SNAPSHOT_SECONDS`. */
export const DEFAULT_MAX_SNAPSHOT_SECONDS = 180;

/** Where the keeper's objects are in its bucket. */
export const SNAPSHOT = {
  prefix: 'snapshot/',
  /**
   * Holds the current id of the custom resource. It distinguishes the resource's own Delete from that of an earlier
   * id.
   */
  idKey: 'snapshot/custom-resource-id',
} as const;

/**
 * The key of the snapshot of the parameters under a prefix. It contains the prefix, because a version that reads
 * other parameters may still be in use, and the format's number, so that a verifier never reads a format that it does
 * not know.
 */
export const snapshotKey = (configPath: string): string => `${SNAPSHOT.prefix}1${configPath}.json`;

/** Where the shared secrets are in their own bucket, with the number of their format in the key. */
export const SECRETS = { prefix: 'secrets/', key: 'secrets/1.json' } as const;

/** Path of protected resource metadata (RFC 9728 §3.1). The path of the resource follows it. */
export const RESOURCE_DOCUMENTS = '/.well-known/oauth-protected-resource';

/** Values of `HTTP_API_RESPONSE`. */
export type HttpApiResponse = 'simple' | 'iam';

/** A valid service name: the name of a deployment, or the path of its parameters. */
export const SERVICE_NAME = /^[\w./-]{1,400}$/;

/** The service name where `POWERTOOLS_SERVICE_NAME` is not set. */
export const DEFAULT_SERVICE = 'alb-jwt-authorizer';

/** Namespace of the metrics. */
export const METRICS_NAMESPACE = 'AlbJwtAuthorizer';

/** Names of the metrics. All have the dimension `service`. */
export const METRICS = {
  /** Count, with the additional dimensions `outcome` and `code`. */
  decisions: 'Decisions',
  /** Time to handle an event, without the upstream's time, in ms. */
  decisionTime: 'DecisionTime',
  /** For requests that went to the upstream, in ms. */
  upstreamTime: 'UpstreamTime',
  /** Count of decisions on remembered tokens. */
  rememberedTokens: 'RememberedTokens',
  /** Counts. */
  keyFetches: 'KeyFetches',
  keyFetchFailures: 'KeyFetchFailures',
  configRefreshes: 'ConfigRefreshes',
  configRefreshFailures: 'ConfigRefreshFailures',
  /** Count of configurations that were read but are not valid. */
  configRejected: 'ConfigRejected',
  /** Time since the keeper read the parameters, as a verifier finds it in the snapshot, in seconds. */
  snapshotAge: 'SnapshotAge',
  /** Count of snapshots that a verifier could not read or use. */
  snapshotFailures: 'SnapshotFailures',
  /** Time since the keeper last read the parameters, at the end of a run, in seconds. */
  parametersAge: 'ParametersAge',
  /** How long the values in SSM have been rejected, in seconds; 0 if they are not. */
  refusedFor: 'RefusedFor',
  /** Count of keeper failures: it could not read SSM, write the snapshot, or maintain the shared secrets. */
  keeperFailures: 'KeeperFailures',
} as const;

/** Values of the dimension `outcome`. */
export const OUTCOMES = ['allowed', 'reported', 'rejected', 'unavailable', 'failed'] as const;

interface Parameter {
  readonly type: 'String' | 'StringList';
  /** Value in a new deployment. One under `.invalid` (RFC 2606) is a placeholder, never configuration. */
  readonly initial: string;
  readonly description: string;
}

/**
 * The SSM parameters under the prefix. The function reads them all with one `GetParameters` call, which takes at most
 * 10 names.
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
    description: 'Origin that allowed requests go to, or "whoami" to return the verified identity',
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
 * The custom resource that seeds a stack's parameters. Its properties, in addition to those of every custom resource: `Path`
 * is the prefix; `Parameters` has the initial values by name; `StringLists` names the parameters of type StringList;
 * `SnapshotUrl` is where the snapshot is, whether a keeper writes one or not; `SecretsUrl` is where the shared
 * secrets are, if there are any. `Keeper` and `SnapshotKey` (the KMS key of the snapshot's bucket, if it has one) are
 * there so that changing them causes an Update.
 */
export const CONFIGURATION_RESOURCE = {
  type: 'Custom::AlbJwtAuthorizerConfiguration',
  /** Attribute: names of the parameters that existed before the stack, separated by commas, or "none". */
  adopted: 'Adopted',
} as const;

/**
 * The custom resource that finds the security group through which CloudFront enters a VPC, which its property `VpcId`
 * names. CloudFront creates the group with a VPC's first VPC origin, and nothing that CloudFormation creates reveals
 * its id. The group's id is also the resource's own.
 */
export const CLOUDFRONT_GROUP = {
  type: 'Custom::AlbJwtAuthorizerCloudFrontGroup',
  /** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html */
  name: 'CloudFront-VPCOrigins-Service-SG',
  /** Attribute: the group's id. */
  groupId: 'GroupId',
} as const;

/** Tag of each parameter that a stack created; its value is the stack's id. */
export const STACK_TAG = 'alb-jwt-authorizer:stack-id';
