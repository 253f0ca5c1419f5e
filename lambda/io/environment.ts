import {
  DEFAULT_CONFIG_PATH,
  DEFAULT_CONFIG_REFRESH_SECONDS,
  DEFAULT_MAX_SNAPSHOT_SECONDS,
  DEFAULT_SERVICE,
  ENVIRONMENT,
  type HttpApiResponse,
  SERVICE_NAME,
} from '../contract.ts';

/** The function's settings that are not in SSM. */
export interface Environment {
  readonly configPath: string;
  readonly configRefreshSeconds: number;
  readonly allowedLogRate: number;
  readonly httpApiResponse: HttpApiResponse;
  readonly service: string;
  /** The snapshot that a keeper writes; undefined if there is no keeper. */
  readonly snapshot: ObjectPlace | undefined;
  /** The secrets that all verifiers share; undefined if they are off. */
  readonly secrets: ObjectPlace | undefined;
  /** The account that must own the snapshot's bucket, whether there is a keeper or not; any account if undefined. */
  readonly snapshotOwner: string | undefined;
  readonly maxSnapshotSeconds: number;
  /** Whether key endpoints can be reached. */
  readonly egress: boolean;
  /** Whether an API may cache the results of an authorizer. */
  readonly authorizerCache: boolean;
  /** All variables, for values that the runtime sets: region, credentials and endpoints. */
  readonly variables: Variables;
  /** X-Ray's tracing header of the current invocation. The runtime sets it for each invocation. */
  readonly tracingHeader: () => string | undefined;
}

/** Where an object is, and which account must own its bucket; any account if the environment does not say. */
export interface ObjectPlace {
  readonly url: URL;
  readonly owner: string | undefined;
}

export type Variables = { readonly [name: string]: string | undefined };

type Setting = keyof typeof ENVIRONMENT;

const DEFAULTS = {
  configPath: DEFAULT_CONFIG_PATH,
  configRefreshSeconds: String(DEFAULT_CONFIG_REFRESH_SECONDS),
  allowedLogRate: '1',
  httpApiResponse: 'simple',
  service: DEFAULT_SERVICE,
  snapshotUrl: '',
  secretsUrl: '',
  snapshotOwner: '',
  maxSnapshotSeconds: String(DEFAULT_MAX_SNAPSHOT_SECONDS),
  egress: 'true',
  authorizerCache: 'true',
} as const satisfies Record<Setting, string>;

const OBJECT_URL = [
  /^$|^https:\/\/[a-z0-9.-]+(?::\d+)?\/[\w./-]+$|^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?\/[\w./-]+$/,
  'the https URL of an S3 object, without a query',
] as const;

/** A pattern for each setting, and what the setting must be, in words. */
const RULES = {
  configPath: [/^(?:\/[A-Za-z0-9_.-]+)+$/, `a parameter path like ${DEFAULT_CONFIG_PATH}`],
  configRefreshSeconds: [/^(?:[1-9]\d{0,2}|[12]\d{3}|3[0-5]\d\d|3600)$/, 'a whole number from 1 to 3600'],
  allowedLogRate: [/^(?:0(?:\.\d+)?|1(?:\.0+)?)$/, 'a number from 0 to 1'],
  httpApiResponse: [/^(?:simple|iam)$/, 'simple or iam'],
  service: [SERVICE_NAME, `a name like ${DEFAULT_SERVICE}`],
  snapshotUrl: OBJECT_URL,
  secretsUrl: OBJECT_URL,
  snapshotOwner: [/^(?:\d{12})?$/, 'an account id of 12 digits'],
  maxSnapshotSeconds: [/^[1-9]\d{0,4}$/, 'a whole number from 1 to 99999'],
  egress: [/^(?:true|false)$/, 'true or false'],
  authorizerCache: [/^(?:true|false)$/, 'true or false'],
} as const satisfies Record<Setting, readonly [RegExp, string]>;

/** The deployment option that sets each of them, or leaves it unset. */
const OPTION_OF = {
  configPath: 'configPath',
  configRefreshSeconds: 'configRefreshSeconds',
  allowedLogRate: 'allowedLogRate',
  httpApiResponse: 'httpApiResponse',
  service: 'stackName',
  snapshotUrl: 'keeper',
  secretsUrl: 'sharedSecrets',
  snapshotOwner: 'keeper',
  maxSnapshotSeconds: 'keeper',
  egress: 'functionEgress',
  authorizerCache: 'authorizerCache',
} as const satisfies Record<Setting, string>;

/**
 * Parses the environment variables. Throws an error that names every bad one and the option that sets it: somebody
 * changed the value after the deployment.
 */
export function parseEnvironment(variables: Variables): Environment {
  const read = (setting: Setting): string => variables[ENVIRONMENT[setting]] ?? DEFAULTS[setting];
  const settings = Object.keys(RULES) as Setting[];
  const problems = settings
    .filter((setting) => !RULES[setting][0].test(read(setting)))
    .map(
      (setting) =>
        `${ENVIRONMENT[setting]} must be ${RULES[setting][1]} (the deployment option ${OPTION_OF[setting]} sets it)`,
    );
  if (problems.length > 0) throw new Error(`${problems.join('; ')}: deploy again`);
  const place = (setting: Setting): ObjectPlace | undefined =>
    read(setting) === ''
      ? undefined
      : { url: new URL(read(setting)), owner: read('snapshotOwner') || undefined };
  return {
    configPath: read('configPath'),
    configRefreshSeconds: Number(read('configRefreshSeconds')),
    allowedLogRate: Number(read('allowedLogRate')),
    httpApiResponse: read('httpApiResponse') as HttpApiResponse,
    service: read('service'),
    snapshot: place('snapshotUrl'),
    secrets: place('secretsUrl'),
    snapshotOwner: read('snapshotOwner') || undefined,
    maxSnapshotSeconds: Number(read('maxSnapshotSeconds')),
    egress: read('egress') === 'true',
    authorizerCache: read('authorizerCache') === 'true',
    variables,
    tracingHeader: () => variables._X_AMZN_TRACE_ID,
  };
}
