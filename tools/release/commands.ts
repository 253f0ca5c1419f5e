import { spawnSync } from 'node:child_process';
import { CommandFailure } from '../arguments.ts';

interface Conditions {
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a command to its end and returns what it printed. Throws an error with that if it fails. */
export function output(folder: string, command: readonly string[], { environment }: Conditions = {}): string {
  const [program = '', ...args] = command;
  // What npm says of itself to its scripts would make an npm below take this folder for its own.
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
  const told = [error?.message, stdout, stderr].filter((text) => text).join('\n');
  throw new CommandFailure(`${command.join(' ')} failed in ${folder}:\n${told}`);
}

export const npm = (folder: string, ...args: readonly string[]): string => output(folder, ['npm', ...args]);
