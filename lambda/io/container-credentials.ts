import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { Variables } from './environment.ts';
import type { exchange } from './http-client.ts';
import { jsonBody } from './json-body.ts';
import { faultAt, ServiceError } from './service-error.ts';

/** Credentials, and when they expire, in ms since the epoch. */
export interface TemporaryCredentials {
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
  readonly expiresAt: number;
}

/** Addresses that the SDKs send the authorization token to without TLS: this machine, ECS and EKS. */
const PLAIN_HTTP =
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|169\.254\.170\.2|169\.254\.170\.23|\[fd00:ec2::23\])$/;

const FULL = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';
const RELATIVE = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI';
const TOKEN = 'AWS_CONTAINER_AUTHORIZATION_TOKEN';
const TOKEN_FILE = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE';

/** The endpoint is on this machine or on its link. In ms; the SDKs have the same limit. */
const TIMEOUT_MS = 1_000;

const MAX_BYTES = 64 * 1024;

const RESPONSE = v.object({
  AccessKeyId: v.pipe(v.string(), v.nonEmpty()),
  SecretAccessKey: v.pipe(v.string(), v.nonEmpty()),
  Token: v.pipe(v.string(), v.nonEmpty()),
  Expiration: v.pipe(
    v.string(),
    v.transform((text) => Date.parse(text)),
    v.number(),
  ),
});

/**
 * The URL of the container's credentials, or undefined if the variables name none. Throws if it must not be
 * called.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export function containerEndpoint(variables: Variables): URL | undefined {
  const relative = variables[RELATIVE];
  const text = relative ? `http://169.254.170.2${relative}` : variables[FULL];
  if (!text) return undefined;
  const name = relative ? RELATIVE : FULL;
  if (!URL.canParse(text)) throw new Error(`${name} must be ${relative ? 'a path' : 'a URL'}`);
  const url = new URL(text);
  const plain = url.protocol === 'http:' && PLAIN_HTTP.test(url.hostname);
  if (relative && url.host !== '169.254.170.2') throw new Error(`${name} must be a path`);
  if (url.protocol !== 'https:' && !plain) {
    throw new Error(`${name} must be an https URL (http is for loopback and the addresses of ECS and EKS)`);
  }
  return url;
}

/** Fetches the credentials once. An error names the host and the status, but nothing from the token or the response. */
export async function fetchCredentials(
  url: URL,
  variables: Variables,
  send: typeof exchange,
): Promise<TemporaryCredentials> {
  const what = `The credentials endpoint at ${url.host}`;
  const token = await authorizationToken(variables);
  const { status, body } = await send(url, {
    method: 'GET',
    target: url.pathname + url.search,
    headers: [
      ['host', url.host],
      ['accept', 'application/json'],
      ...(token ? [['authorization', token] as const] : []),
    ],
    newSocket: true,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  }).catch(faultAt(what));
  if (status !== 200) throw new ServiceError(`${what} responded with status ${status}`, status);
  const result = v.safeParse(RESPONSE, jsonBody(body));
  if (!result.success) {
    const bad = result.issues.map((issue) => v.getDotPath(issue) ?? 'the document').join(', ');
    throw new Error(`${what} sent no valid credentials (see ${bad})`);
  }
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = result.output;
  return {
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    expiresAt: result.output.Expiration,
  };
}

/** Reads the file each time, because EKS renews it. */
async function authorizationToken(variables: Variables): Promise<string | undefined> {
  const file = variables[TOKEN_FILE];
  const token = file
    ? await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        throw new Error(`${TOKEN_FILE} names a file that cannot be read (${error.code})`);
      })
    : variables[TOKEN];
  if (token && !/^[\x20-\x7e]+$/.test(token)) {
    throw new Error(`${file ? TOKEN_FILE : TOKEN} does not hold a valid header value`);
  }
  return token;
}
