import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Decision } from '../../../lambda/core/decision.ts';
import { spell } from '../../../lambda/core/paths/spelling.ts';
import { matchesPattern } from '../../../lambda/core/routes/pattern.ts';
import { type Difference, differenceOf, isSame } from '../../../tools/policy/difference/difference.ts';
import { type Entry, SPELLED } from '../../../tools/policy/difference/entry.ts';

import { type Caller, callers, configOf, decide, pairs, requestOf, valuesOf } from './difference-world.ts';

type Compared = Extract<Difference, { kind: 'compared' }>;

const compared = async (...[one, other]: Parameters<typeof differenceOf>): Promise<Compared> => {
  const difference = await differenceOf(one, other);
  if (difference.kind !== 'compared') throw new Error(JSON.stringify(difference));
  return difference;
};

const passes = ({ kind }: Decision): boolean => kind === 'allow' || kind === 'report';
const isOdd = (decision: Decision): boolean => decision.kind === 'reject' && decision.code === 'path_invalid';

/** Whether an entry is about this request, as far as its words say. */
function isAbout({ requests, caller }: Entry, { path }: Caller, odd: boolean): boolean {
  if (odd) return caller === SPELLED;
  if (requests.length === 0) return caller !== SPELLED;
  const bare = spell(path).replace(/(?<=.)\/+$/, '');
  return requests.some((request) => {
    if (/no route/.test(request)) return true;
    return [...request.matchAll(/\/\S*/g)].every(([pattern]) =>
      [pattern, pattern.replace(/(?<=.)\/\*?$/, '')].some(
        (one) => matchesPattern(one, bare) || matchesPattern(one, `${bare}/`),
      ),
    );
  });
}

test('what is let through and was not has an entry that says so, and so has what is let through no longer', async () => {
  const seen = { opens: 0, closes: 0, odd: 0, same: 0 };
  await fc.assert(
    fc.asyncProperty(
      pairs,
      fc.array(callers, { minLength: 25, maxLength: 25 }),
      async ([one, other], all) => {
        const [before, after] = [await configOf(one), await configOf(other)];
        fc.pre(before !== undefined && after !== undefined);
        const difference = await compared(valuesOf(one), valuesOf(other));
        if (isSame(difference)) seen.same += 1;
        for (const caller of all) {
          const [was, now] = [
            await decide(before, requestOf(caller)),
            await decide(after, requestOf(caller)),
          ];
          if (passes(was) === passes(now)) {
            if (JSON.stringify(shown(was)) !== JSON.stringify(shown(now)))
              expect(isSame(difference)).toBe(false);
            continue;
          }
          const effect = passes(now) ? 'opens' : 'closes';
          const odd = isOdd(was) || isOdd(now);
          seen[effect] += 1;
          if (odd) seen.odd += 1;
          const about = difference.entries[effect].filter((entry) => isAbout(entry, caller, odd));
          if (about.length === 0)
            throw new Error(
              `${effect}: ${JSON.stringify({ ...caller, one, other, was: shown(was), now: shown(now), entries: difference.entries }, null, 1)}`,
            );
        }
      },
    ),
    { numRuns: 250 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(3);
});

const shown = (decision: Decision) => [
  decision.kind,
  'code' in decision ? decision.code : undefined,
  'identityFields' in decision ? decision.identityFields : undefined,
];

test('the difference the other way round is its mirror image', async () => {
  await fc.assert(
    fc.asyncProperty(pairs, async ([one, other]) => {
      const [before, after] = [await configOf(one), await configOf(other)];
      fc.pre(before !== undefined && after !== undefined);
      const there = (await compared(valuesOf(one), valuesOf(other))).entries;
      const back = (await compared(valuesOf(other), valuesOf(one))).entries;
      const turned = (entries: readonly Entry[], isTurned: boolean) =>
        entries
          .map(({ requests, caller, now, was, certain }) =>
            JSON.stringify([[...requests].sort(), caller, certain, ...(isTurned ? [was, now] : [now, was])]),
          )
          .sort();
      expect(turned(back.closes, true)).toEqual(turned(there.opens, false));
      expect(turned(back.opens, true)).toEqual(turned(there.closes, false));
      expect(turned(back.answers, true)).toEqual(turned(there.answers, false));
      expect(turned(back.forwards, true)).toEqual(turned(there.forwards, false));
    }),
    { numRuns: 100 },
  );
});

test('the example of an entry is decided as the entry says', async () => {
  const seen = { nobody: 0, spelled: 0 };
  await fc.assert(
    fc.asyncProperty(pairs, async ([one, other]) => {
      const [before, after] = [await configOf(one), await configOf(other)];
      fc.pre(before !== undefined && after !== undefined);
      const { opens, closes } = (await compared(valuesOf(one), valuesOf(other))).entries;
      for (const { effect, caller, example } of [...opens, ...closes]) {
        if (example === undefined || !['without a token', SPELLED].includes(caller)) continue;
        const [method = '', path = ''] = example.split(' ');
        const request = { method, path, query: '', headers: [], body: new Uint8Array() };
        const [was, now] = [await decide(before, request), await decide(after, request)];
        if (caller === SPELLED) {
          seen.spelled += 1;
          expect([isOdd(was), isOdd(now)]).toEqual([effect === 'opens', effect === 'closes']);
        } else {
          seen.nobody += 1;
          expect([passes(was), passes(now)]).toEqual([effect === 'closes', effect === 'opens']);
        }
      }
    }),
    { numRuns: 100 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(3);
});
