import { parseObject } from '../parse-object.ts';
import { type Deferred, deferred } from './deferred.ts';
import {
  type EnvironmentOptions,
  type ExecutionEnvironment,
  type InvocationOutcome,
  startEnvironment,
} from './execution-environment.ts';

export interface FunctionPoolOptions extends Omit<EnvironmentOptions, 'freeze' | 'onLine'> {
  /** Stops environments between invocations, as Lambda's freeze does. Off unless set. */
  readonly freeze?: boolean;
  /** How many environments may run at once; further requests wait. 4 unless set. */
  readonly maxEnvironments?: number;
  /** How long a request may wait for an environment, in seconds. 10 unless set, the ALB's connection timeout. */
  readonly queueSeconds?: number;
  /** Runs each request in a new environment, which ends after the response. Off unless set. */
  readonly cold?: boolean;
  /** Gets each line that the function writes, with its environment's log stream. */
  readonly onLine: EnvironmentOptions['onLine'];
  /** Gets what happens to the environments: starts as notes, deaths and failed starts as news. */
  readonly onEvent: (text: string, kind: 'note' | 'news') => void;
}

/** The outcome of a request to the function. */
export type FunctionOutcome =
  | InvocationOutcome
  | { readonly kind: 'no-environment'; readonly invocationId?: never };

type Failure = Exclude<FunctionOutcome, { kind: 'response' }>;

/** The function, as something to invoke. */
export interface FunctionPool {
  /** Runs one invocation, in a free environment or in a new one. */
  invoke(event: string, traceId?: string): Promise<FunctionOutcome>;
  /** Process ids of the running environments. */
  pids(): number[];
  /** Runs the code in another directory from now on. Environments with the previous code end after their current request. */
  replaceCode(directory: string): void;
  /** Kills all environments, as if they had crashed; resolves to their number when they are gone. */
  kill(signal?: NodeJS.Signals): Promise<number>;
  close(): Promise<void>;
}

/** Lambda's limit on the init phase. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const INIT_SECONDS = 10;

/**
 * Runs the function as Lambda does: each environment handles one request at a time. A request that finds no free
 * environment starts one, and later requests reuse it until it dies.
 */
export function createFunctionPool(options: FunctionPoolOptions): FunctionPool {
  const { maxEnvironments = 4, queueSeconds = 10, freeze = false, cold = false, onEvent } = options;
  const all = new Set<ExecutionEnvironment>();
  const idle: ExecutionEnvironment[] = [];
  /** Environments that were ended on purpose. */
  const retired = new Set<ExecutionEnvironment>();
  /** Environments that run replaced code. */
  const outdated = new WeakSet<ExecutionEnvironment>();
  let { lambda } = options;
  const queue: Deferred<'retry' | 'expired'>[] = [];
  let starting = 0;
  let closed = false;

  const start = async (): Promise<ExecutionEnvironment> => {
    starting++;
    try {
      const code = lambda;
      const environment = await startEnvironment({ ...options, lambda: code, freeze });
      all.add(environment);
      if (code !== lambda) outdated.add(environment);
      void environment.exited.then(({ code, signal, lastLines }) => {
        all.delete(environment);
        const index = idle.indexOf(environment);
        if (index >= 0) idle.splice(index, 1);
        queue.shift()?.resolve('retry');
        if (retired.delete(environment) || closed) return;
        const how = signal ? `was ended by ${signal}` : `exited with code ${code}`;
        const words = lastLines.map((line) => `\n  ${line}`).join('');
        onEvent(`process ${environment.pid} ${how}; the next request starts another${words}`, 'news');
      });
      if (closed) environment.kill();
      return environment;
    } finally {
      starting--;
    }
  };

  /** A cold start. If init fails, Lambda runs it again as part of the first invocation, within that timeout. */
  const startReady = async (): Promise<ExecutionEnvironment | Failure> => {
    for (const limit of [INIT_SECONDS, options.lambda.timeoutSeconds]) {
      const begun = performance.now();
      const environment = await start();
      const outcome = await environment.initialize(limit);
      if (outcome === 'ready') {
        onEvent(`process ${environment.pid} started in ${Math.round(performance.now() - begun)} ms`, 'note');
        return environment;
      }
      environment.kill();
      if (limit === options.lambda.timeoutSeconds || closed) return outcome;
      onEvent(`init failed (${explain(outcome)}); trying once more`, 'news');
    }
    throw new Error('unreachable');
  };

  const acquire = async (): Promise<ExecutionEnvironment | Failure> => {
    const expiry = Date.now() + queueSeconds * 1000;
    while (!closed) {
      const free = idle.pop();
      if (free) return free;
      if (all.size + starting < maxEnvironments) return startReady();
      const turn = deferred<'retry' | 'expired'>();
      queue.push(turn);
      const timer = setTimeout(() => turn.resolve('expired'), Math.max(0, expiry - Date.now()));
      const result = await turn.promise;
      clearTimeout(timer);
      const index = queue.indexOf(turn);
      if (index >= 0) queue.splice(index, 1);
      if (result === 'expired') break;
    }
    return { kind: 'no-environment' };
  };

  const retire = (environment: ExecutionEnvironment) => {
    retired.add(environment);
    environment.kill();
  };

  const release = (environment: ExecutionEnvironment) => {
    if (cold || outdated.has(environment)) {
      retire(environment);
      return;
    }
    idle.push(environment);
    queue.shift()?.resolve('retry');
  };

  const kill = async (signal?: NodeJS.Signals) => {
    const victims = [...all];
    for (const environment of victims) environment.kill(signal);
    await Promise.all(victims.map(({ exited }) => exited));
    return victims.length;
  };

  return {
    async invoke(event, traceId) {
      const environment = await acquire();
      if ('kind' in environment) return environment;
      const outcome = await environment.invoke(event, traceId);
      if (outcome.kind === 'response' || outcome.kind === 'function-error') release(environment);
      return outcome;
    },
    pids: () => [...all].map(({ pid }) => pid),
    replaceCode(directory) {
      lambda = { ...lambda, directory };
      for (const environment of all) outdated.add(environment);
      for (const environment of idle.splice(0)) retire(environment);
    },
    kill,
    async close() {
      closed = true;
      for (const turn of queue.splice(0)) turn.resolve('expired');
      await kill();
    },
  };
}

/** Describes a failure for the console. */
export function explain(outcome: Failure): string {
  switch (outcome.kind) {
    case 'function-error':
      return `the function threw ${errorIn(outcome)}`;
    case 'init-error':
      return `init failed with ${errorIn(outcome)}`;
    case 'exited':
      return outcome.exit.signal
        ? `the process was ended by ${outcome.exit.signal}`
        : `the process exited with code ${outcome.exit.code}`;
    case 'timeout':
      return `timed out after ${outcome.seconds} s`;
    case 'no-environment':
      return 'every environment is busy';
  }
}

/** The error that the runtime reported, with its message. */
function errorIn({ type, body }: { readonly type: string; readonly body: Buffer }): string {
  const { errorType = type, errorMessage = '' } = parseObject(body) ?? {};
  return errorMessage === '' ? String(errorType) : `${errorType}: ${errorMessage}`;
}
