import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FreshnessRules } from '../../../lambda/core/freshness.ts';
import { type Cached, createCached } from '../../../lambda/io/cached.ts';

const RULES: FreshnessRules = { maxAgeMs: 100, maxStaleMs: 400, cooldownMs: 30, loadTimeoutMs: 15 };

interface Load {
  readonly startedAt: number;
  /** When it failed, if it did. */
  failedAt: number | undefined;
  readonly settle: (ok: boolean) => void;
  settled: boolean;
}

interface Caller {
  readonly at: number;
  readonly miss: boolean;
  /** What the caller may know when it makes the request, to check whether it had to wait. */
  readonly valueAge: number;
  readonly inFlight: boolean;
  readonly mayLoad: boolean;
  answered: boolean;
}

/** What is certain about the world around the cache, in the simplest form. */
interface Model {
  /** Whether a load may still end after a later one has succeeded. */
  readonly overtaken: boolean;
  now: number;
  loads: Load[];
  readonly violations: string[];
  callers: Caller[];
  /** Start of the latest load that returned a value; a value is its load's start. */
  newest: number;
}

interface Real {
  readonly cached: Cached<number>;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

class Advance implements fc.AsyncCommand<Model, Real> {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
  check = () => true;
  async run(model: Model) {
    model.now += this.ms;
  }
  toString = () => `advance ${this.ms}`;
}

class Settle implements fc.AsyncCommand<Model, Real> {
  readonly ok: boolean;
  readonly latest: boolean;
  constructor(ok: boolean, latest: boolean) {
    this.ok = ok;
    this.latest = latest;
  }
  check = (model: Readonly<Model>) => this.loadOf(model) !== undefined;
  loadOf({ loads, newest, overtaken }: Readonly<Model>): Load | undefined {
    const open = loads.filter((load) => !load.settled && (overtaken || load.startedAt > newest));
    return this.latest ? open.at(-1) : open[0];
  }
  async run(model: Model) {
    const load = this.loadOf(model) as Load;
    load.settled = true;
    load.failedAt = this.ok ? undefined : model.now;
    if (this.ok) model.newest = Math.max(model.newest, load.startedAt);
    load.settle(this.ok);
    await settled();
  }
  toString = () => `${this.latest ? 'latest' : 'oldest'} load ${this.ok ? 'succeeds' : 'fails'}`;
}

class Ask implements fc.AsyncCommand<Model, Real> {
  readonly miss: boolean;
  constructor(miss: boolean) {
    this.miss = miss;
  }
  check = () => true;
  async run(model: Model, { cached }: Real) {
    const last = model.loads.at(-1);
    const sinceLoad = last === undefined ? Infinity : model.now - last.startedAt;
    const inFlight = last !== undefined && !last.settled && sinceLoad < RULES.loadTimeoutMs;
    const since = model.now - (last?.failedAt ?? last?.startedAt ?? Number.NEGATIVE_INFINITY);
    const cooled = since >= RULES.cooldownMs;
    const caller: Caller = {
      at: model.now,
      miss: this.miss,
      valueAge: model.now - model.newest,
      inFlight,
      mayLoad: !inFlight && (cooled || (last?.settled === true && last.failedAt === undefined && !this.miss)),
      answered: false,
    };
    model.callers.push(caller);
    const loadsBefore = model.loads.length;

    void Promise.resolve(this.miss ? cached.reload() : cached.get()).then(({ value }) => {
      caller.answered = true;
      // Checked at the moment when the caller gets it: within the limit it is used, beyond it is not.
      const expected = model.now - model.newest < RULES.maxStaleMs ? 'a value' : 'none';
      if (value === undefined ? expected !== 'none' : expected !== 'a value') model.violations.push(expected);
      if (value !== undefined && value < model.newest) model.violations.push('older than one had before');
    });
    await settled();

    const started = model.loads.length - loadsBefore;
    expect(started).toBeLessThanOrEqual(1);
    if (started === 1) expect(caller.mayLoad).toBe(true);
    const tooOld = this.miss || caller.valueAge >= RULES.maxAgeMs;
    const mustWait = tooOld && (caller.inFlight || caller.mayLoad);
    expect(caller.answered).toBe(!mustWait);
    if (tooOld && caller.mayLoad) expect(started).toBe(1);
    if (!tooOld && caller.valueAge < RULES.maxAgeMs * 0.8) expect(started).toBe(0);
  }
  toString = () => (this.miss ? 'ask for a newer one' : 'ask');
}

/** No value is used beyond its limit, loads keep their distance, and nobody waits needlessly. */
async function assertModel(overtaken: boolean): Promise<void> {
  const commands = [
    fc
      .oneof(fc.constantFrom(1, 14, 15, 29, 30, 79, 80, 99, 100, 399, 400), fc.nat(500))
      .map((ms) => new Advance(ms)),
    fc.boolean().chain((ok) => fc.boolean().map((latest) => new Settle(ok, latest))),
    fc.boolean().map((miss) => new Ask(miss)),
  ];
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 60, size: 'max' }), async (sequence) => {
      const model: Model = {
        overtaken,
        now: 1_000_000,
        loads: [],
        violations: [],
        callers: [],
        newest: -Infinity,
      };
      const cached = createCached<number>({
        rules: RULES,
        now: () => model.now,
        load: () =>
          new Promise((resolve, reject) => {
            const startedAt = model.now;
            const settle = (ok: boolean) => (ok ? resolve({ value: startedAt }) : reject(new Error('down')));
            model.loads.push({ startedAt, settle, settled: false, failedAt: undefined });
          }),
        onFailure: () => {},
      });
      await fc.asyncModelRun(() => ({ model, real: { cached } }), sequence);

      expect(model.violations).toEqual([]);
    }),
    { numRuns: 300 },
  );
}

test(
  'whatever happens and when: values respect their limit, loads their distance, and nobody waits needlessly',
  () => assertModel(false),
  30_000,
);

test(
  'they do so even if a load that was given up as lost ends after a later one has succeeded',
  () => assertModel(true),
  30_000,
);
