import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from './local-stack-fixtures.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The command of `npm start`, from package.json. */
export const START = ['--import', 'tsx', 'local/start.ts'] as const;

/** The laptop stack in a separate process. */
export interface StartedStack {
  readonly child: ChildProcess;
  /** Everything printed so far; tokens are masked, so that no failing test prints one. */
  readonly output: () => string;
  readonly errors: () => string;
  /** Everything printed, once it contains a text. */
  readonly printed: (text: string | RegExp) => Promise<string>;
  /** Presses keys; only with a terminal. */
  readonly press: (keys: string) => void;
  readonly ended: Promise<number | null>;
  readonly url: (what: string) => string;
}

const running = new Set<ChildProcess>();

/** Ends all processes that still run, as Ctrl-C does. */
export async function endStarted(): Promise<void> {
  for (const child of running) {
    child.kill('SIGINT');
    await once(child, 'exit');
  }
}

export function runStart(args: readonly string[], environment: NodeJS.ProcessEnv = {}): StartedStack {
  return follow(process.execPath, [...START, ...args], environment);
}

/** Starts the stack below a shell that waits for it, as npm does; the shell prints the stack's process id. */
export function runStartBelowShell(args: readonly string[]): StartedStack {
  return follow('sh', ['-c', `${commandOf(args)} & echo process $!; wait`], { npm_lifecycle_event: 'start' });
}

const commandOf = (args: readonly string[]): string =>
  [process.execPath, ...START, ...args].map((word) => `'${word}'`).join(' ');

/** Whether util-linux's `script` is installed, which gives a program a terminal. */
export const HAS_TERMINAL = ((): boolean => {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
})();

/** Starts the stack on a terminal; `after` is a command that the terminal's shell runs afterwards. */
export function runStartOnTerminal(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  after = '',
): StartedStack {
  const command = commandOf(args);
  const line = after === '' ? command : `${command}; STATUS=$?; ${after}; exit $STATUS`;
  return follow('script', ['-qfec', line, '/dev/null'], { TERM: 'xterm', ...environment });
}

function follow(command: string, args: readonly string[], environment: NodeJS.ProcessEnv): StartedStack {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env;
  const child = spawn(command, args, { cwd: ROOT, env: { ...env, ...environment } });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const texts = { output: '', errors: '' };
  const masked = (text: string) => text.replaceAll(/eyJ[\w-]*\.[\w-]*\.[\w-]*/g, '<token>');
  child.stdout.on('data', (chunk) => {
    texts.output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    texts.errors += chunk;
  });
  const output = () => masked(texts.output);
  return {
    child,
    output,
    errors: () => masked(texts.errors),
    printed: (wanted) =>
      eventually(output, (text) => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text))), // biome-ignore format: one line
    press: (keys) => void child.stdin.write(keys),
    ended: once(child, 'close').then(([code]) => code as number | null),
    url: (what) => new RegExp(`${what}\\S* +(http\\S+)`).exec(output())?.[1] ?? '',
  };
}
