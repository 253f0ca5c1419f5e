import { readFileSync } from 'node:fs';
import type { Reading } from '../lambda/core/config/reading.ts';
import { isLoopback, parseEndpoint } from '../lambda/core/config/url.ts';
import { createParameterReader } from '../lambda/io/parameter-store.ts';
import { ArgumentError } from './arguments.ts';
import { awsCall } from './aws-call.ts';
import { userPath } from './user-path.ts';

/** Options of every command that can read a function's parameters. */
export const LIVE_OPTIONS = {
  path: { type: 'string' },
  'endpoint-url': { type: 'string' },
  region: { type: 'string' },
} as const;

export const LIVE_HELP = `  --path PREFIX       read the live parameters under this prefix, such as /alb-jwt-authorizer, with the
                      credentials and the region that the AWS CLI would use
  --endpoint-url URL  another SSM endpoint, such as the one that npm start prints
  --region REGION     another region`;

export interface LiveOptions {
  readonly path: string;
  readonly endpointUrl: string | undefined;
  readonly region: string | undefined;
}

/**
 * Reads the parameters as the keeper does; the SDK takes its settings from the environment.
 *
 * @throws AwsFailure if they cannot be read
 */
export async function readLiveParameters(options: LiveOptions): Promise<Reading> {
  const { path, endpointUrl, region } = options;
  checkPrefix(path);
  const endpoint = takeEndpoint({ endpointUrl, region });
  if (endpoint !== undefined) process.env.AWS_ENDPOINT_URL_SSM = endpoint.href;
  const about = {
    what: `The parameters under ${path}`,
    service: 'SSM',
    action: 'ssm:GetParameters',
  } as const;
  return awsCall(about, endpoint?.href, createParameterReader(path)());
}

/** @throws ArgumentError if it is not a prefix of parameters */
export function checkPrefix(path: string): void {
  if (/^(?:\/[A-Za-z0-9_.-]+)+$/.test(path)) return;
  throw new ArgumentError('--path takes a prefix such as /alb-jwt-authorizer: no slash at the end.');
}

/** Makes the SDK use the region and, for an endpoint on this machine, any credentials. Returns the endpoint, if there is one. */
export function takeEndpoint({ endpointUrl, region }: Omit<LiveOptions, 'path'>): URL | undefined {
  if (region !== undefined) process.env.AWS_REGION = region;
  if (endpointUrl === undefined) return undefined;
  const url = parseEndpoint(endpointUrl, { allowHttp: true });
  if (typeof url === 'string') {
    throw new ArgumentError(
      /^(?:[\w-]+:\d+|[\w-]+(?:\.[\w-]+)+)/.test(endpointUrl)
        ? `--endpoint-url has no scheme: write http://${endpointUrl}.`
        : `--endpoint-url takes a URL such as http://localhost:8082; this one ${url}.`,
    );
  }
  if (isLoopback(url)) useLocalIdentity();
  return url;
}

/** A local endpoint checks no signatures, but without credentials and a region the SDK cannot sign. */
function useLocalIdentity(): void {
  process.env.AWS_REGION ??= process.env.AWS_DEFAULT_REGION ?? 'us-east-1';
  if (process.env.AWS_PROFILE === undefined) {
    process.env.AWS_ACCESS_KEY_ID ??= 'local';
    process.env.AWS_SECRET_ACCESS_KEY ??= 'local';
  }
}

/** The text of a file that an argument names, relative to the user's working directory. */
export const readArgumentFile = (file: string): string => readArgumentBytes(file).toString('utf8');

/** The same, as bytes. */
export function readArgumentBytes(file: string): Buffer {
  const path = userPath(file);
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ArgumentError(
      `${file} cannot be read: ${fileFault((error as NodeJS.ErrnoException).code, path === file ? 'it' : path)}.`,
    );
  }
}

function fileFault(code: string | undefined, path: string): string {
  if (code === 'ENOENT') return `${path} does not exist`;
  if (code === 'EISDIR') return `${path} is a folder`;
  if (code === 'EACCES') return `you may not read ${path}`;
  return `${code}`;
}
