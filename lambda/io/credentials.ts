import { containerEndpoint, fetchCredentials, type TemporaryCredentials } from './container-credentials.ts';
import type { Variables } from './environment.ts';
import { exchange as exchangeOverHttp } from './http-client.ts';

/** What requests to AWS are signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface CredentialsOptions {
  /** The environment, read on each call: a runtime may renew its values. */
  readonly variables: Variables;
  readonly now: () => number;
  readonly exchange?: typeof exchangeOverHttp;
}

/** Credentials are renewed this long before they expire, in ms, as the SDKs do it. */
const RENEW_AHEAD_MS = 5 * 60_000;

/**
 * The credentials of the function's role. Lambda puts them into the environment; with Managed Instances and SnapStart
 * it serves them at an endpoint in the container. Only one fetch runs at a time. If it fails, the current credentials
 * stay in use until they expire.
 */
export function createCredentials(options: CredentialsOptions): () => Promise<Credentials> {
  const { variables, now, exchange = exchangeOverHttp } = options;
  let kept: TemporaryCredentials | undefined;
  let inFlight: Promise<Credentials> | undefined;

  async function fetchFrom(url: URL): Promise<Credentials> {
    try {
      const fetched = await fetchCredentials(url, variables, exchange);
      if (fetched.expiresAt <= now()) {
        throw new Error(`The credentials endpoint at ${url.host} sent credentials that have expired`);
      }
      kept = fetched;
    } catch (error) {
      if (kept === undefined || kept.expiresAt <= now()) throw error;
    }
    return kept.credentials;
  }

  return async () => {
    const fromEnvironment = environmentCredentials(variables);
    if (fromEnvironment !== undefined) return fromEnvironment;
    const url = containerEndpoint(variables);
    if (url === undefined) {
      throw new Error(
        'There are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_CONTAINER_CREDENTIALS_FULL_URI',
      );
    }
    if (kept !== undefined && kept.expiresAt - now() > RENEW_AHEAD_MS) return kept.credentials;
    inFlight ??= fetchFrom(url).finally(() => {
      inFlight = undefined;
    });
    return inFlight;
  };
}

function environmentCredentials(variables: Variables): Credentials | undefined {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = variables;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}
