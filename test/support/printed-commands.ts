import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AWS_CLI, unconfiguredEnvironment } from './aws-cli.ts';

const run = promisify(execFile);

/** The commands in the output of `npm start`. */
export const commandsIn = (printed: string) =>
  printed.split('\n').flatMap((line) => /^ {4}(\S.*)$/.exec(line)?.[1] ?? []);

/** Runs printed commands one after the other, as a person would, and returns the output of each. */
export async function runAll(
  commands: readonly string[],
  token = '',
): Promise<[command: string, printed: string][]> {
  let assignment = `TOKEN='${token}'`;
  const results: [string, string][] = [];
  for (const command of commands) {
    // A person's shell would keep the token; here, its assignment precedes each command.
    if (command.startsWith('TOKEN=')) assignment = command;
    if (command.startsWith('aws ') && !AWS_CLI) continue;
    const { stdout } = await run('bash', ['-c', `${assignment}\n${command}`], {
      env: unconfiguredEnvironment(),
    });
    results.push([command, stdout]);
  }
  return results;
}

/** The commands that print the head of a response. */
export const statusesOf = (results: readonly (readonly [string, string])[]) =>
  results.flatMap(([command, printed]) =>
    command.includes('curl -i') ? [/^HTTP\/1\.1 (\d+)/.exec(printed)?.[1]] : [],
  );
