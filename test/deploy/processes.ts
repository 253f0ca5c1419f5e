import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

type Environment = Readonly<Record<string, string | undefined>>;

interface Finished {
  readonly status: number | null;
  /** Standard output and standard error, in order. */
  readonly output: string;
}

const running = new Set<ChildProcess>();

/** Whether `stopAll` has been called. A sequence of commands would otherwise start the next one when a child is ended. */
let over = false;

interface StartOptions {
  readonly env: Environment;
  readonly cwd?: string;
  /** A channel for messages between this process and the child, if the child is Node.js. */
  readonly ipc?: boolean;
}

/** Starts a child that `stopAll` ends, and collects what it prints. Throws once that has been called. */
export function start(
  command: string,
  args: readonly string[],
  { env, cwd = ROOT, ipc = false }: StartOptions,
) {
  if (over) throw new Error(`The rehearsal has ended, so ${command} is not started.`);
  const child = spawn(command, [...args], {
    cwd,
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  running.add(child);
  child.once('close', () => running.delete(child));
  // A missing command causes an error event without a close event; its status stays null.
  child.once('error', (error) => {
    output += error.message;
    running.delete(child);
  });
  return { child, output: () => output };
}

/** Runs a command to its end. A missing command has the status null. */
export async function run(
  command: string,
  args: readonly string[],
  env: Environment,
  cwd = ROOT,
): Promise<Finished> {
  const { child, output } = start(command, args, { env, cwd });
  const status = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
    child.once('error', () => resolve(null));
  });
  return { status, output: output() };
}

/** Ends a child, by force after three seconds. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  const forced = new AbortController();
  const force = delay(3000, undefined, { signal: forced.signal }).then(
    () => child.kill('SIGKILL'),
    () => {},
  );
  await closed;
  forced.abort();
  await force;
}

export async function stopAll(): Promise<void> {
  over = true;
  await Promise.all([...running].map(stop));
}
