import { spawnSync } from 'node:child_process';
import { CommandFailure } from '../arguments.ts';

interface Conditions {
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a command to its end and returns its output. If it fails, throws an error with the output. */
export function output(folder: string, command: readonly string[], { environment }: Conditions = {}): string {
  const [program = '', ...args] = command;
  // The variables that npm sets for its scripts would make an npm in the command use this folder.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_|INIT_CWD$|NODE_OPTIONS$)/.test(name),
  );
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...Object.fromEntries(inherited), ...environment },
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error === undefined && status === 0) return stdout;
  const details = [error?.message, stdout, stderr].filter((text) => text).join('\n');
  throw new CommandFailure(`${command.join(' ')} failed in ${folder}:\n${details}`);
}

export const npm = (folder: string, ...args: readonly string[]): string => output(folder, ['npm', ...args]);
