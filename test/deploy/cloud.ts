import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './processes.ts';

const CDK = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');
const APP = fileURLToPath(new URL('../../infra/app.ts', import.meta.url));

const REGION = 'eu-west-1';
const CREDENTIALS = { accessKeyId: 'testing', secretAccessKey: 'testing' };

/** Configuration of every SDK client here. */
export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: typeof CREDENTIALS;
  /** For S3, whose bucket names would otherwise be part of the host name. */
  readonly forcePathStyle: boolean;
}

export function clientSettings(endpoint: string): ClientSettings {
  return { endpoint, region: REGION, credentials: CREDENTIALS, forcePathStyle: true };
}

/** It contains nothing of the caller's AWS account, so a bug here can't reach that account. */
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

export interface Deployment {
  readonly env: Record<string, string>;
  /** Where the CLI runs and writes the results of lookups, which do not belong in the repository. */
  readonly project: string;
  /** Where the CLI writes its output; each of several parallel runs needs its own. */
  readonly assembly: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** A directory with its own cdk.json, by default for the app of this repository. */
export function projectIn(directory: string, file = APP): string {
  const project = join(directory, 'project');
  mkdirSync(project, { recursive: true });
  const app = `node --import ${import.meta.resolve('tsx')} ${file}`;
  writeFileSync(
    join(project, 'cdk.json'),
    JSON.stringify({ app, versionReporting: false, notices: false, context: { 'cli-telemetry': false } }),
  );
  return project;
}

/** Runs the pinned CDK CLI. The error of a failure contains everything that it printed. */
export async function cdk(
  args: readonly string[],
  deployment: Omit<Deployment, 'assembly'>,
): Promise<string> {
  const { status, output } = await run(process.execPath, [CDK, ...args], deployment.env, deployment.project);
  if (status !== 0) throw new Error(`cdk ${args[0]} failed:\n${output}`);
  return output;
}

export function synthesize(deployment: Deployment): Promise<string> {
  return cdk(['synth', '--quiet', '--output', deployment.assembly, ...contextArgs(deployment)], deployment);
}

/** Synthesizes with the options and deploys, as an operator does. */
export function deploy(deployment: Deployment, outputsFile: string): Promise<string> {
  return deployWith(['--output', deployment.assembly, ...contextArgs(deployment)], deployment, outputsFile);
}

/** Deploys a synthesized assembly. */
export function deployAssembly(deployment: Deployment, outputsFile: string): Promise<string> {
  return deployWith(['--app', deployment.assembly], deployment, outputsFile);
}

function deployWith(args: readonly string[], deployment: Deployment, outputsFile: string): Promise<string> {
  // moto can't reuse a parameter's default, and mixes up the change sets of stacks that are deployed in parallel.
  const method = ['--method=direct', '--no-previous-parameters', '--require-approval=never'];
  return cdk(['deploy', ...method, '--outputs-file', outputsFile, ...args], deployment);
}

/** Destroys the stack of the assembly. */
export function destroy(deployment: Deployment): Promise<string> {
  return cdk(['destroy', '--force', '--app', deployment.assembly], deployment);
}

function contextArgs({ context = {} }: Deployment): string[] {
  return Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** The outputs of the deployed stack, if any. */
export function readOutputs(file: string): Record<string, string> {
  const stacks: Record<string, Record<string, string>> = JSON.parse(readFileSync(file, 'utf8'));
  return Object.values(stacks)[0] ?? {};
}
