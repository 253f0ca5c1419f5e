import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DeleteParametersCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { KeeperResult } from '../../lambda/keeper/keeper.ts';
import { clientSettings } from './cloud.ts';
import { run } from './processes.ts';

const DOCS = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

/**
 * Sets a parameter with the command that the deploy printed, as an operator would: it only fills in the
 * placeholder. If the AWS CLI is not installed, the SDK sends the command's input.
 *
 * @returns which of the two it was.
 */
export async function setParameter(
  printed: string | undefined,
  value: string,
  env: Record<string, string>,
): Promise<string> {
  assert.ok(printed, 'the command is among the outputs');
  const command = printed.replace(/"(https:\/\/)?YOUR-[A-Z]+"/, JSON.stringify(value));
  assert.notEqual(command, printed);
  const cli = await runByCli(command, env);
  if (cli !== undefined) return `the printed command and ${cli}`;
  const input: PutParameterCommandInput = JSON.parse(/--cli-input-json '(.*)'$/.exec(command)?.[1] ?? '');
  await clientOf(env).send(new PutParameterCommand(input));
  return 'the SDK, because the AWS CLI is not installed';
}

/** Runs the commands in docs/operations.md that create the parameters, and returns the values that they set by name. */
export async function createAsDocumented(env: Record<string, string>): Promise<Record<string, string>> {
  const commands = [...DOCS.matchAll(/^aws ssm put-parameter --cli-input-json '(.*)'$/gm)];
  assert.ok(commands.length > 0, 'docs/operations.md has the commands');
  const created: Record<string, string> = {};
  for (const [command, json = ''] of commands) {
    const input: PutParameterCommandInput = JSON.parse(json);
    if ((await runByCli(command, env)) === undefined)
      await clientOf(env).send(new PutParameterCommand(input));
    created[input.Name?.split('/').at(-1) ?? ''] = input.Value ?? '';
  }
  return created;
}

/** Deletes the parameters with the command that the deploy printed, or with the SDK as above. */
export async function deleteParameters(
  printed: string | undefined,
  env: Record<string, string>,
): Promise<void> {
  assert.ok(printed, 'the command is among the outputs');
  if ((await runByCli(printed, env)) !== undefined) return;
  const [, names = ''] = / --names (.*)$/.exec(printed) ?? [];
  const { DeletedParameters = [] } = await clientOf(env).send(
    new DeleteParametersCommand({ Names: names.split(' ') }),
  );
  assert.equal(DeletedParameters.length, names.split(' ').length);
}

/** Runs the keeper with the command that the deploy printed, or with the SDK as above. */
export async function runKeeper(
  printed: string | undefined,
  env: Record<string, string>,
  directory: string,
): Promise<KeeperResult> {
  assert.ok(printed, 'the command is among the outputs');
  // A child's output is a socket, which cannot be opened under this name.
  const result = join(directory, 'result.json');
  const command = printed.replace('/dev/stdout', result);
  assert.notEqual(command, printed);
  if ((await runByCli(command, env)) !== undefined) return JSON.parse(readFileSync(result, 'utf8'));
  const [, FunctionName = ''] = / --function-name (\S+)/.exec(printed) ?? [];
  const lambda = new LambdaClient(clientSettings(env.AWS_ENDPOINT_URL ?? ''));
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
  return JSON.parse(Payload?.transformToString() ?? '');
}

const clientOf = (env: Record<string, string>) => new SSMClient(clientSettings(env.AWS_ENDPOINT_URL ?? ''));

/** Runs a command of the AWS CLI and returns its version, or undefined if it is not installed. */
async function runByCli(command: string, env: Record<string, string>): Promise<string | undefined> {
  const version = await run('aws', ['--version'], env);
  if (version.status !== 0) return undefined;
  const { status, output } = await run('sh', ['-c', command], env);
  assert.equal(status, 0, `${command}\n${output}`);
  return version.output.trim().split(' ', 1)[0];
}
