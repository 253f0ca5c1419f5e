import assert from 'node:assert/strict';
import { PutParameterCommand, type PutParameterCommandInput, SSMClient } from '@aws-sdk/client-ssm';
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
  const version = await run('aws', ['--version'], env);
  if (version.status === 0) {
    const { status, output } = await run('sh', ['-c', command], env);
    assert.equal(status, 0, `${command}\n${output}`);
    return `the printed command and ${version.output.trim().split(' ', 1)[0]}`;
  }
  const input: PutParameterCommandInput = JSON.parse(/--cli-input-json '(.*)'$/.exec(command)?.[1] ?? '');
  await new SSMClient(clientSettings(env.AWS_ENDPOINT_URL ?? '')).send(new PutParameterCommand(input));
  return 'the SDK, for the AWS CLI is not installed';
}
