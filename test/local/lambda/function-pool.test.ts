import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LambdaFunction } from '../../../local/assembly/deployment.ts';
import {
  createFunctionPool,
  explain,
  type FunctionOutcome,
  type FunctionPool,
  type FunctionPoolOptions,
} from '../../../local/lambda/function-pool.ts';
import { findNode24 } from '../../../local/lambda/node24.ts';
import { eventually, isAlive, lambdaOf, temporaryDirectory } from '../../support/local-stack-fixtures.ts';

let directory: ReturnType<typeof temporaryDirectory>;
const pools: FunctionPool[] = [];
const events: string[] = [];
const lines: string[] = [];

beforeEach(() => {
  directory = temporaryDirectory();
  events.length = 0;
  lines.length = 0;
});
afterEach(async () => {
  const pids = pools.flatMap((pool) => pool.pids());
  for (const pool of pools.splice(0)) await pool.close();
  expect(pids.filter(isAlive)).toEqual([]);
  directory.remove();
});

function poolOf(
  code: string,
  {
    lambda,
    ...options
  }: Partial<Omit<FunctionPoolOptions, 'lambda'>> & { lambda?: Partial<LambdaFunction> } = {},
) {
  const pool = createFunctionPool({
    lambda: lambdaOf(directory.path, code, lambda),
    region: 'us-east-1',
    node: findNode24(),
    overrides: {},
    onLine: (line) => lines.push(line),
    onEvent: (text) => events.push(text),
    ...options,
  });
  pools.push(pool);
  const invoke = (event: unknown = {}) => pool.invoke(JSON.stringify(event), 'Root=1-2-3');
  return { pool, invoke };
}

function returned(outcome: FunctionOutcome): unknown {
  if (outcome.kind !== 'response') throw new Error(`${JSON.stringify(outcome)}\n${lines.join('\n')}`);
  return JSON.parse(outcome.body.toString('utf8'));
}

describe('an environment', () => {
  test('runs the handler on Node.js 24 with the context that Lambda gives it', async () => {
    const { invoke } = poolOf(`
      const ready = await Promise.resolve('after top-level await');
      export async function handler(event, context) {
        const { env, version, cwd } = process;
        const left = context.getRemainingTimeInMillis();
        return { ready, event, context, left, env, version, cwd: process.cwd() };
      }`);
    const seen = returned(await invoke({ a: ['é'] })) as Record<string, Record<string, unknown>>;
    expect(seen).toMatchObject({
      ready: 'after top-level await',
      event: { a: ['é'] },
      version: expect.stringMatching(/^v24\./),
      context: {
        functionName: 'fixture',
        functionVersion: '$LATEST',
        memoryLimitInMB: '128',
        invokedFunctionArn: expect.stringContaining(':function:fixture'),
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
      env: {
        COLOR: 'green',
        AWS_REGION: 'us-east-1',
        TZ: ':UTC',
        _HANDLER: 'index.handler',
        _X_AMZN_TRACE_ID: 'Root=1-2-3',
      },
    });
    expect(Number(seen.left)).toBeGreaterThan(0);
    expect(Number(seen.left)).toBeLessThanOrEqual(60_000);
  });

  test("excludes the developer's environment variables", async () => {
    process.env.AWS_PROFILE = 'work';
    try {
      const { invoke } = poolOf('export const handler = async () => Object.keys(process.env);');
      const names = returned(await invoke()) as string[];
      expect(names).not.toContain('AWS_PROFILE');
      expect(names).not.toContain('HOME');
    } finally {
      delete process.env.AWS_PROFILE;
    }
  });

  test('is reused, and its output is forwarded', async () => {
    const { invoke, pool } = poolOf(`
      let count = 0;
      export const handler = async () => { console.log('{"n":1}'); console.error('warning'); return ++count; };`);
    expect([returned(await invoke()), returned(await invoke())]).toEqual([1, 2]);
    expect(pool.pids()).toHaveLength(1);
    await eventually(() => lines, (all) => all.length === 4); // biome-ignore format: one line
    expect(lines).toEqual(expect.arrayContaining(['{"n":1}', 'warning']));
  });

  test('survives an error of the handler', async () => {
    const { invoke, pool } = poolOf(
      'export const handler = async (e) => { if (e.bad) throw new TypeError("no"); return 1; };',
    );
    const outcome = await invoke({ bad: true });
    expect(outcome).toMatchObject({ kind: 'function-error', type: 'TypeError' });
    expect(returned(await invoke())).toBe(1);
    expect(pool.pids()).toHaveLength(1);
    expect(explain(outcome as Exclude<FunctionOutcome, { kind: 'response' }>)).toBe(
      'the function threw TypeError: no',
    );
  });

  test('returns the whole of a large response', async () => {
    const { invoke } = poolOf('export const handler = async () => "é".repeat(2_000_000);');
    expect(returned(await invoke())).toHaveLength(2_000_000);
  });
});

describe('concurrency', () => {
  const slow = `
    export const handler = async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return process.pid;
    };`;

  test('starts an environment for each concurrent request, and queues requests beyond the maximum', async () => {
    const { invoke, pool } = poolOf(slow, { maxEnvironments: 2 });
    const pids = (await Promise.all([invoke(), invoke(), invoke(), invoke()])).map(returned);
    expect(new Set(pids).size).toBe(2);
    expect(pool.pids()).toHaveLength(2);
  });

  test('gives up if no environment becomes free in time', async () => {
    const { invoke } = poolOf(slow, { maxEnvironments: 1, queueSeconds: 0.05 });
    const [first, second] = await Promise.all([invoke(), invoke()]);
    expect(first?.kind).toBe('response');
    expect(second).toEqual({ kind: 'no-environment' });
  });
});

describe('cold', () => {
  test('gives each request its own environment, which ends silently after the response', async () => {
    const { invoke, pool } = poolOf(
      'let count = 0; export const handler = async (e) => { if (e.bad) throw new Error("no"); return ++count; };',
      { cold: true },
    );
    expect([returned(await invoke()), returned(await invoke())]).toEqual([1, 1]);
    expect((await invoke({ bad: true })).kind).toBe('function-error');
    expect(returned(await invoke())).toBe(1);
    await eventually(() => pool.pids(), (pids) => pids.length === 0); // biome-ignore format: one line
    expect(events.filter((text) => text.includes('started in'))).toHaveLength(4);
    expect(events.filter((text) => text.includes('ended'))).toEqual([]);
  });

  test('requests beyond the maximum wait for an environment to end', async () => {
    const { invoke } = poolOf('export const handler = async () => process.pid;', {
      cold: true,
      maxEnvironments: 1,
    });
    const pids = (await Promise.all([invoke(), invoke(), invoke()])).map(returned);
    expect(new Set(pids).size).toBe(3);
  });
});

describe('faults', () => {
  const faulty = `
    export const handler = async ({ fault }) => {
      if (fault === 'exit') { console.error('last words'); process.exit(3); }
      if (fault === 'throw') setTimeout(() => { throw new RangeError('later'); });
      if (fault === 'reject') Promise.reject(new RangeError('later'));
      if (fault) await new Promise((resolve) => setTimeout(resolve, 60_000));
      return process.pid;
    };`;

  test('an exit loses the request in flight and is reported, and the next request starts another environment', async () => {
    const { invoke } = poolOf(faulty);
    const first = returned(await invoke());
    expect(await invoke({ fault: 'exit' })).toMatchObject({ kind: 'exited', exit: { code: 3 } });
    expect(returned(await invoke())).not.toBe(first);
    expect(events).toContain(
      `process ${first} exited with code 3; the next request starts another\n  last words`,
    );
  });

  test('a kill does the same', async () => {
    const { invoke, pool } = poolOf(faulty);
    await invoke();
    const lost = invoke({ fault: 'hang' });
    expect(await pool.kill()).toBe(1);
    expect(await lost).toMatchObject({ kind: 'exited', exit: { signal: 'SIGKILL' } });
    expect((await invoke()).kind).toBe('response');
  });

  test.each(['throw', 'reject'])('an uncaught error (%s) fails the request', async (fault) => {
    const { invoke } = poolOf(faulty);
    expect(await invoke({ fault })).toMatchObject({ kind: 'function-error' });
    expect((await invoke()).kind).toMatch(/response|exited/);
    expect((await invoke()).kind).toBe('response');
  });

  test('the timeout kills the process', async () => {
    const { invoke, pool } = poolOf(faulty, { lambda: { timeoutSeconds: 2 } });
    const pid = Number(returned(await invoke()));
    expect(await invoke({ fault: 'hang' })).toMatchObject({ kind: 'timeout', seconds: 2 });
    await eventually(() => isAlive(pid), (alive) => !alive); // biome-ignore format: one line
    expect((await invoke()).kind).toBe('response');
    expect(pool.pids()).not.toContain(pid);
  });

  test.each([
    ['throws', 'throw new Error("no"); export const handler = async () => 1;', 'Error', 'no'],
    [
      'exports no handler',
      'export const other = 1;',
      'Runtime.HandlerNotFound',
      'index.handler is undefined or not exported',
    ],
    [
      'has a callback handler',
      'export const handler = (a, b, c) => c(null, 1);',
      'Runtime.CallbackHandlerDeprecated',
      'Node.js 24 has no callback-based handlers',
    ],
  ])('a module that %s fails twice in init, then the request', async (_, code, type, message) => {
    const { invoke, pool } = poolOf(code);
    expect(await invoke()).toMatchObject({ kind: 'init-error', type });
    expect(events).toContain(`init failed (init failed with ${type}: ${message}); trying once more`);
    await eventually(() => pool.pids(), (pids) => pids.length === 0); // biome-ignore format: one line
  });

  test('an exit during init fails the request', async () => {
    const { invoke } = poolOf('process.exit(7);');
    expect(await invoke()).toMatchObject({ kind: 'exited', exit: { code: 7 } });
  });
});

/** The process state letter of Linux, e.g. T for stopped. */
const stateOf = (pid: number) =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .charAt(0);

(process.platform === 'linux' ? test : test.skip)(
  'a frozen environment stands still between requests',
  async () => {
    const { invoke } = poolOf(
      `let last = performance.now();
     let longest = 0;
     setInterval(() => {
       longest = Math.max(longest, performance.now() - last);
       last = performance.now();
     }, 10);
     export const handler = async () => {
       longest = Math.max(longest, performance.now() - last);
       return { longest, pid: process.pid };
     };`,
      { freeze: true },
    );
    const first = returned(await invoke()) as { longest: number; pid: number };
    await eventually(() => stateOf(first.pid), (state) => state === 'T'); // biome-ignore format: one line
    await new Promise((resolve) => setTimeout(resolve, 500));
    const second = returned(await invoke()) as typeof first;
    expect(second.pid).toBe(first.pid);
    expect(second.longest).toBeGreaterThan(400);
  },
);

describe('code that is replaced', () => {
  const code = (name: string) =>
    `export const handler = async ({ ms = 0 }) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return { name: '${name}', pid: process.pid };
    };`;

  test('runs from the next request on, and the processes of the previous code end', async () => {
    const { invoke, pool } = poolOf(code('one'));
    const { pid } = returned(await invoke()) as { pid: number };
    const other = temporaryDirectory();
    lambdaOf(other.path, code('two'));
    pool.replaceCode(other.path);
    expect(returned(await invoke())).toMatchObject({ name: 'two' });
    await eventually(() => isAlive(pid), (alive) => !alive); // biome-ignore format: one line
    expect(events.filter((text) => text.includes('the next request starts another'))).toEqual([]);
    other.remove();
  });

  test('leaves a request under way to the previous code, which ends after it', async () => {
    const { invoke, pool } = poolOf(code('one'), { maxEnvironments: 2 });
    await invoke();
    const underWay = invoke({ ms: 300 });
    const other = temporaryDirectory();
    lambdaOf(other.path, code('two'));
    pool.replaceCode(other.path);
    expect(returned(await invoke())).toMatchObject({ name: 'two' });
    const { name, pid } = returned(await underWay) as { name: string; pid: number };
    expect(name).toBe('one');
    await eventually(() => isAlive(pid), (alive) => !alive); // biome-ignore format: one line
    other.remove();
  });
});
