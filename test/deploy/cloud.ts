import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { run } from './processes.ts';

const CDK = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');

const REGION = 'eu-west-1';
const CREDENTIALS = { accessKeyId: 'testing', secretAccessKey: 'testing' };

/** What every SDK client here takes. */
export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: typeof CREDENTIALS;
  /** For S3, whose buckets are host names otherwise. */
  readonly forcePathStyle: boolean;
}

export function clientSettings(endpoint: string): ClientSettings {
  return { endpoint, region: REGION, credentials: CREDENTIALS, forcePathStyle: true };
}

/** Nothing of the caller's AWS account is in it, so a fault here can't reach that account. */
export function fakeAccount(endpoint: string, directory: string): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(AWS|CDK)_/.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_CONFIG_FILE: join(directory, 'no-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(directory, 'no-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_HOME: join(directory, 'cdk-home'),
    NO_PROXY: 'localhost,127.0.0.1',
    no_proxy: 'localhost,127.0.0.1',
    CI: 'true',
  };
}

/** Runs the pinned CDK CLI; a failure has all that it printed. */
export async function cdk(args: readonly string[], env: Record<string, string>): Promise<string> {
  const { status, output } = await run(process.execPath, [CDK, ...args], env);
  if (status !== 0) throw new Error(`cdk ${args[0]} failed:\n${output}`);
  return output;
}

/** The outputs of the one stack that was deployed. */
export function readOutputs(file: string): Record<string, string> {
  const stacks: Record<string, Record<string, string>> = JSON.parse(readFileSync(file, 'utf8'));
  const [outputs] = Object.values(stacks);
  if (outputs === undefined) throw new Error(`${file} has no outputs`);
  return outputs;
}
