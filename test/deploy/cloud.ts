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

interface Deployment {
  readonly env: Record<string, string>;
  /** Where the CLI synthesizes to; one that runs beside another needs its own. */
  readonly assembly: string;
  readonly context?: Readonly<Record<string, string>>;
}

function argsOf({ assembly, context = {} }: Deployment): string[] {
  const values = Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['--output', assembly, ...values];
}

/** Deploys, and writes the outputs to a file. */
export function deploy(deployment: Deployment, outputsFile: string): Promise<string> {
  // By a change set, which is the default, moto gives no outputs; and it can't reuse a parameter's default.
  const method = ['--method=direct', '--no-previous-parameters', '--require-approval=never'];
  return cdk(['deploy', ...method, '--outputs-file', outputsFile, ...argsOf(deployment)], deployment.env);
}

/** Destroys as far as moto can, and answers with what was printed or what is left. */
export async function destroy(deployment: Deployment): Promise<string> {
  try {
    return await cdk(['destroy', '--force', ...argsOf(deployment)], deployment.env);
  } catch (error) {
    // moto can't delete a template's route tables, and so not their VPC; nor target groups.
    if (!/vpc-\w+ has dependencies/.test(String(error))) throw error;
    return 'All but the VPC and the target group, which moto cannot delete';
  }
}

/** The outputs of the one stack that was deployed. */
export function readOutputs(file: string): Record<string, string> {
  const stacks: Record<string, Record<string, string>> = JSON.parse(readFileSync(file, 'utf8'));
  const [outputs] = Object.values(stacks);
  if (outputs === undefined) throw new Error(`${file} has no outputs`);
  return outputs;
}
