import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LambdaFunction } from '../assembly/deployment.ts';
import { deferred } from './deferred.ts';
import { lambdaNodeFlags, lambdaVariables } from './lambda-environment.ts';
import { startRuntimeApi } from './runtime-api.ts';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines that it wrote to standard error. */
  readonly lastLines: readonly string[];
}

/** The outcome of an invocation. */
export type InvocationOutcome = InvocationResult & {
  /** The id in the function's log lines; undefined if it was never invoked. */
  readonly invocationId?: string;
};

type InvocationResult =
  | { readonly kind: 'response'; readonly body: Buffer }
  | { readonly kind: 'function-error'; readonly type: string; readonly body: Buffer }
  | { readonly kind: 'init-error'; readonly type: string; readonly body: Buffer }
  | { readonly kind: 'exited'; readonly exit: Exit }
  | { readonly kind: 'timeout'; readonly seconds: number };

export interface EnvironmentOptions {
  readonly lambda: LambdaFunction;
  readonly region: string;
  /** The Node.js binary. */
  readonly node: string;
  readonly overrides: Readonly<Record<string, string>>;
  /** Stops the process between invocations, as Lambda's freeze does. */
  readonly freeze: boolean;
  /** Gets each line that the function writes, with the environment's log stream. */
  readonly onLine: (line: string, stream: string) => void;
}

/** A process that runs the function. */
export interface ExecutionEnvironment {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Waits for the init phase; the environment is usable only if the outcome is "ready". */
  initialize(limitSeconds: number): Promise<'ready' | Exclude<InvocationOutcome, { kind: 'response' }>>;
  invoke(event: string, traceId: string | undefined): Promise<InvocationOutcome>;
  kill(signal?: NodeJS.Signals): void;
}

const BOOTSTRAP = fileURLToPath(new URL('./bootstrap.mjs', import.meta.url));
const LINES_KEPT = 5;

/** Starts a process that runs the function, with its own Runtime API. */
export async function startEnvironment(options: EnvironmentOptions): Promise<ExecutionEnvironment> {
  const { lambda, freeze } = options;
  const api = await startRuntimeApi(() => {
    if (freeze) child.kill('SIGSTOP');
  });
  const logStream = `local/[$LATEST]${randomBytes(16).toString('hex')}`;
  const child = spawn(options.node, [...lambdaNodeFlags(lambda), BOOTSTRAP], {
    cwd: lambda.directory,
    env: lambdaVariables({
      ...options,
      runtimeApi: api.address,
      logStream,
    }),
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C in a terminal reaches the whole process group, but only the pool may end its environments.
    detached: true,
    windowsHide: true,
  });

  const lastLines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => options.onLine(line, logStream));
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLines.push(line);
    if (lastLines.length > LINES_KEPT) lastLines.shift();
    options.onLine(line, logStream);
  });
  child.stdin.on('error', () => {});

  const exit = deferred<Exit>();
  child.once('error', (error) => exit.resolve({ code: null, signal: null, lastLines: [error.message] }));
  child.once('close', (code, signal) => exit.resolve({ code, signal, lastLines }));
  void exit.promise.then(() => api.close());
  const exited = exit.promise.then((ended) => ({ kind: 'exited', exit: ended }) as const);

  /** Kills the process if the work is not done in time. */
  const within = async <T>(seconds: number, work: Promise<T>) => {
    const expiry = deferred<{ kind: 'timeout'; seconds: number }>();
    const timer = setTimeout(() => expiry.resolve({ kind: 'timeout', seconds }), seconds * 1000);
    const outcome = await Promise.race([work, exited, expiry.promise]);
    clearTimeout(timer);
    if (typeof outcome === 'object' && outcome !== null && 'kind' in outcome && outcome.kind === 'timeout') {
      child.kill('SIGKILL');
    }
    return outcome;
  };

  return {
    pid: child.pid ?? 0,
    exited: exit.promise,
    async initialize(limitSeconds) {
      const outcome = await within(limitSeconds, api.initialized);
      if (outcome === 'ready' || 'kind' in outcome) return outcome;
      return { kind: 'init-error', ...outcome };
    },
    async invoke(event, traceId) {
      // Windows has no SIGCONT, and would throw.
      if (freeze) child.kill('SIGCONT');
      const { requestId: invocationId, result } = api.invoke({
        event,
        deadline: Date.now() + lambda.timeoutSeconds * 1000,
        functionArn: lambda.arn,
        traceId,
      });
      const outcome = await within(lambda.timeoutSeconds, result);
      return outcome.kind === 'error'
        ? { ...outcome, kind: 'function-error', invocationId }
        : { ...outcome, invocationId };
    },
    kill(signal = 'SIGKILL') {
      child.kill(signal);
    },
  };
}
