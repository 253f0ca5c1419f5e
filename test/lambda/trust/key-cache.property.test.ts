import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KEY_RULES } from '../../../lambda/io/jwks-source.ts';
import {
  createModel,
  distance,
  forge,
  KIDS,
  type Model,
  newestOf,
  type Request,
  request,
  settle,
  withinBound,
} from './key-cache-model.ts';

const { maxAgeMs, maxStaleMs, cooldownMs, loadTimeoutMs } = KEY_RULES;

/** What may happen next; events that make no sense at the time are skipped. */
type Step =
  | { readonly do: 'request' | 'forge'; readonly kid: string }
  | { readonly do: 'clock'; readonly by: number }
  | { readonly do: 'publish' | 'remove'; readonly kid: string }
  | { readonly do: 'answer'; readonly latest: boolean; readonly good: boolean; readonly asThen: boolean };

const kid = fc.constantFrom(...KIDS);
const edges = [loadTimeoutMs, cooldownMs, maxAgeMs * 0.8, maxAgeMs, maxStaleMs].flatMap((ms) => [
  ms - 1,
  ms,
  ms + 1,
]);
const by = fc.oneof(fc.constantFrom(1, ...edges), fc.nat(2 * cooldownMs), fc.nat(2 * maxStaleMs));
const answer = fc.record({
  do: fc.constant('answer' as const),
  latest: fc.boolean(),
  good: fc.oneof({ weight: 2, arbitrary: fc.constant(true) }, fc.constant(false)),
  asThen: fc.boolean(),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('request' as const), kid }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('forge' as const), kid }) },
  { weight: 4, arbitrary: answer },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('clock' as const), by }) },
  // The clock is set back now and then.
  fc.record({ do: fc.constant('clock' as const), by: by.map((ms) => -ms) }),
  fc.record({ do: fc.constantFrom('publish' as const, 'remove' as const), kid }),
);

async function take(model: Model, next: Step): Promise<void> {
  switch (next.do) {
    case 'request':
      assertStart(model, await request(model, next.kid));
      break;
    case 'forge': {
      const { previous, started } = await forge(model, next.kid);
      const { joins, cooling } = waitOf({ madeAt: model.now, previous });
      expect(started).toBeLessThanOrEqual(joins || cooling ? 0 : 1);
      break;
    }
    case 'clock':
      model.now += next.by;
      break;
    case 'publish':
      model.published = new Set([...model.published, next.kid]);
      break;
    case 'remove':
      model.published = new Set([...model.published].filter((published) => published !== next.kid));
      break;
    case 'answer': {
      const open = model.fetches.flatMap(({ state }, index) => (state === 'open' ? [index] : []));
      const index = next.latest ? open.at(-1) : open[0];
      if (index === undefined) return;
      const fetch = model.fetches[index];
      if (fetch !== undefined && !next.asThen) fetch.published = model.published;
      await settle(model, index, next.good);
    }
  }
}

/** Whether a fetch is on its way for a request, or none may be started for it yet. */
function waitOf({ madeAt, previous }: Pick<Request, 'madeAt' | 'previous'>): {
  joins: boolean;
  cooling: boolean;
} {
  if (previous === undefined) return { joins: false, cooling: false };
  const since = distance(madeAt, previous.cooledFrom);
  const joins = previous.state === 'open' && since < loadTimeoutMs;
  return { joins, cooling: !joins && since < cooldownMs };
}

/** What must hold as soon as a request has been made: which fetch it started, and whether it had to wait. */
function assertStart(model: Model, made: Request): void {
  const { madeAt, before, newest, kid: wanted, outcome, previous } = made;
  const { joins, cooling } = waitOf(made);
  const known = model.fetches[newest];
  const age = known === undefined ? Number.POSITIVE_INFINITY : distance(madeAt, known.startedAt);
  const has = known?.published.has(wanted) ?? false;

  const started = model.fetches.length - before;
  // Keys at their maximum age need no cooldown after a success: they come from it.
  const due = previous?.state === 'succeeded' && age >= maxAgeMs * 0.8;
  expect(started).toBeLessThanOrEqual(joins || (cooling && !due) ? 0 : 1);
  // A request that the current keys cannot serve gets a fetch as soon as one may be made.
  if (!joins && !cooling && (age >= maxAgeMs || !has)) expect(started).toBe(1);
  // Refreshing ahead of time keeps nobody waiting, and fresh keys need no refreshing.
  if (has && age < maxAgeMs) expect(outcome?.resolution.kind).toBe('keys');
  if (has && age < maxAgeMs * 0.8) expect(started).toBe(0);
  // Nobody waits for a fetch that is lost.
  if (started === 0 && !joins) expect(outcome).toBeDefined();
}

/** What must hold for every outcome of a request. */
function assertOutcome({ fetches }: Model, made: Request): void {
  const { kid: wanted, madeAt, newest, before, outcome } = made;
  if (outcome === undefined) return;
  const { at, resolution, from, last } = outcome;
  if (resolution.kind === 'keys') {
    const source = fetches[from];
    expect(source?.published.has(wanted)).toBe(true);
    expect(withinBound(source, at)).toBe(true);
    // A key that a response no longer had by then is gone, even if an older response arrives later.
    expect(from).toBeGreaterThanOrEqual(newest);
    // Keys past their refresh age are used only after an attempt to refresh them, or within its cooldown.
    const { joins, cooling } = waitOf(made);
    const tried = joins || cooling || fetches[before]?.startedAt === madeAt;
    if (distance(madeAt, source?.startedAt ?? 0) >= maxAgeMs) expect(tried).toBe(true);
    return;
  }
  const known = fetches[outcome.newest];
  const usable = withinBound(known, at);
  expect(usable && known?.published.has(wanted)).toBe(false);
  if (resolution.kind === 'failure') {
    // A 401 is for a key that the issuer does not have, as far as its latest response shows.
    expect(resolution.code).toBe('key_unknown');
    expect(usable).toBe(true);
    expect(last?.state).toBe('succeeded');
  } else {
    expect(resolution.retryAfterSeconds).toBeGreaterThanOrEqual(0);
    expect(resolution.retryAfterSeconds).toBeLessThanOrEqual(cooldownMs / 1000);
  }
}

test('whatever happens to the endpoint, the clock and the sandbox: no key past its limit, no removed key, one fetch per cooldown, no good token rejected, and no 401 for lack of keys', async () => {
  const seen = { keys: 0, failure: 0, unavailable: 0, waiting: 0, stale: 0, lateAnswers: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      const model = createModel();
      for (const next of steps) await take(model, next);
      for (const made of model.requests) {
        assertOutcome(model, made);
        seen[made.outcome?.resolution.kind ?? 'waiting'] += 1;
        const source = model.fetches[made.outcome?.from ?? -1];
        if (source !== undefined && distance(made.madeAt, source.startedAt) >= maxAgeMs) seen.stale += 1;
      }
      const newest = newestOf(model);
      seen.lateAnswers += model.fetches.filter(({ state }, i) => state === 'succeeded' && i < newest).length;
      for (const { startedAt, cooledFrom } of model.fetches) {
        expect(distance(startedAt, cooledFrom)).toBeGreaterThanOrEqual(cooldownMs);
      }
    }),
    { numRuns: 600 },
  );
  // The schedules have reached the cases where the rules matter.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(100);
});
