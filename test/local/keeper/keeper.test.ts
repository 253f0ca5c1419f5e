import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Keeper, type KeeperOptions, startKeeper } from '../../../local/keeper/keeper.ts';
import type { FunctionOutcome } from '../../../local/lambda/function-pool.ts';
import type { ParameterChange } from '../../../local/ssm/store.ts';
import { eventually } from '../../support/local-stack-fixtures.ts';

const place = { region: 'eu-central-1', account: '111111111111' };
const NEVER = 2 ** 30;

let keeper: Keeper | undefined;
let events: Record<string, unknown>[];
let lines: string[];
let outcome: FunctionOutcome;
let listeners: Set<(change: ParameterChange) => void>;
let closedPools: number;

beforeEach(() => {
  events = [];
  lines = [];
  outcome = { kind: 'response', body: Buffer.from('{}') };
  listeners = new Set();
  closedPools = 0;
});
afterEach(() => keeper?.close());

async function start(options: Partial<KeeperOptions> = {}): Promise<Keeper> {
  keeper = await startKeeper({
    functions: {
      async invoke(event) {
        events.push(JSON.parse(event));
        return outcome;
      },
      pids: () => [],
      replaceCode() {},
      kill: async () => 0,
      async close() {
        closedPools++;
      },
    },
    place,
    ssm: {
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    parameters: ['/p/issuer', '/p/policy'],
    intervalMs: NEVER,
    log: (line) => lines.push(line),
    ...options,
  });
  return keeper;
}

function change(name: string, operation: ParameterChange['operation'] = 'Update') {
  for (const listener of listeners) listener({ name, operation, type: 'String', value: 'v', version: 2 });
}
const settled = () => new Promise((resolve) => setImmediate(resolve));
const failure = (errorMessage: string): FunctionOutcome => ({
  kind: 'function-error',
  type: 'Error',
  body: Buffer.from(JSON.stringify({ errorType: 'Error', errorMessage })),
});

const SCHEDULED = {
  version: '0',
  id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '111111111111',
  time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  region: 'eu-central-1',
  resources: ['arn:aws:events:eu-central-1:111111111111:rule/keeper'],
  detail: {},
};

describe('the keeper runs', () => {
  test('once before its start resolves', async () => {
    await start();
    expect(events).toEqual([SCHEDULED]);
  });

  test('at each change of a parameter, with the event of EventBridge', async () => {
    await start();
    change('/p/issuer');
    await settled();
    expect(events[1]).toEqual({
      ...SCHEDULED,
      'detail-type': 'Parameter Store Change',
      source: 'aws.ssm',
      resources: ['arn:aws:ssm:eu-central-1:111111111111:parameter/p/issuer'],
      detail: { operation: 'Update', name: '/p/issuer', type: 'String' },
    });
    change('/p/policy', 'Delete');
    await settled();
    expect(events[2]).toMatchObject({ detail: { operation: 'Delete', name: '/p/policy' } });
  });

  test("not at a change of another stack's parameter", async () => {
    await start();
    change('/other/issuer');
    await settled();
    expect(events).toHaveLength(1);
  });

  test('by schedule', async () => {
    await start({ intervalMs: 10 });
    await eventually(() => events.length, (count) => count > 3); // biome-ignore format: one line
    expect(new Set(events.map((event) => event.source))).toEqual(new Set(['aws.events']));
  });

  test('by hand, even in parallel', async () => {
    const running = await start();
    await Promise.all([running.invoke(), running.invoke({ a: 1 })]);
    expect(events.slice(1)).toEqual([{}, { a: 1 }]);
  });
});

describe('a test can make it', () => {
  test('miss events while the schedule still runs it', async () => {
    const running = await start({ intervalMs: 10 });
    running.dropEvents(true);
    change('/p/issuer');
    const count = events.length;
    await eventually(() => events.length, (seen) => seen > count); // biome-ignore format: one line
    expect(events.map((event) => event.source)).not.toContain('aws.ssm');
    running.dropEvents(false);
    change('/p/issuer');
    await eventually(() => events.some((event) => event.source === 'aws.ssm'), Boolean);
  });

  test('pause, except for runs by hand', async () => {
    const running = await start({ intervalMs: 10 });
    running.pause();
    await settled();
    const count = events.length;
    change('/p/issuer');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(events).toHaveLength(count);
    await running.invoke();
    expect(events).toHaveLength(count + 1);
    running.resume();
    await eventually(() => events.length, (seen) => seen > count + 1); // biome-ignore format: one line
  });
});

describe('a failure', () => {
  test('does not prevent the start of the stack, and is reported once until it changes', async () => {
    outcome = failure('no bucket');
    const running = await start();
    await running.invoke();
    outcome = failure('no parameters');
    await running.invoke();
    outcome = { kind: 'timeout', seconds: 60 };
    await running.invoke();
    outcome = { kind: 'response', body: Buffer.from('{}') };
    await running.invoke();
    await running.invoke();
    expect(lines).toEqual([
      'keeper failed: Error: no bucket',
      'keeper failed: Error: no parameters',
      'keeper failed: timed out after 60 s',
      'keeper works again',
    ]);
  });
});

test('after closing, nothing runs it, and its environments have ended', async () => {
  const running = await start({ intervalMs: 10 });
  await running.close();
  const count = events.length;
  change('/p/issuer');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([events.length, listeners.size, closedPools]).toEqual([count, 0, 1]);
});
