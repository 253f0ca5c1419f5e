import assert from 'node:assert/strict';
import {
  DeleteParametersCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { clientSettings } from './cloud.ts';
import { run } from './processes.ts';

/**
 * Sets a parameter with the command that the deploy printed, as an operator would: only the placeholder is
 * filled in. Where the AWS CLI is not installed the SDK sends the command's input.
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
  return 'the SDK, for the AWS CLI is not installed';
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

const clientOf = (env: Record<string, string>) => new SSMClient(clientSettings(env.AWS_ENDPOINT_URL ?? ''));

/** Runs a command of the AWS CLI and returns its version, or undefined if it is not installed. */
async function runByCli(command: string, env: Record<string, string>): Promise<string | undefined> {
  const version = await run('aws', ['--version'], env);
  if (version.status !== 0) return undefined;
  const { status, output } = await run('sh', ['-c', command], env);
  assert.equal(status, 0, `${command}\n${output}`);
  return version.output.trim().split(' ', 1)[0];
}
