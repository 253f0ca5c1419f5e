import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Decision, DirectResponse } from '../../../lambda/core/decision.ts';
import type { HttpRequest } from '../../../lambda/core/http/message.ts';
import { compileCondition } from '../../../lambda/core/mcp/mcp-condition.ts';
import { METHODS } from '../../../lambda/core/mcp/mcp-message.ts';
import { readMcpMessage } from '../../../lambda/core/mcp/read-message.ts';
import { STREAM } from '../../../lambda/core/mcp/take-route.ts';
import { spell } from '../../../lambda/core/paths/spelling.ts';
import { matchesPattern } from '../../../lambda/core/routes/pattern.ts';
import { type Difference, differenceOf, isSame } from '../../../tools/policy/difference/difference.ts';
import { type Entry, SPELLED } from '../../../tools/policy/difference/entry.ts';
import {
  carryingMessage,
  OTHER_MESSAGES,
  STREAM_REQUEST,
  UNCLEAR,
} from '../../../tools/policy/difference/witness-messages.ts';
import {
  type Caller,
  callers,
  configOf,
  decide,
  laterCallers,
  laterPairs,
  pairs,
  requestOf,
  valuesOf,
} from './difference-world.ts';

type Compared = Extract<Difference, { kind: 'compared' }>;

const compared = async (...[one, other]: Parameters<typeof differenceOf>): Promise<Compared> => {
  const difference = await differenceOf(one, other);
  if (difference.kind !== 'compared') throw new Error(JSON.stringify(difference));
  return difference;
};

const passes = ({ kind }: Decision | DirectResponse): boolean => kind !== 'reject' && kind !== 'unavailable';
const isOdd = (decision: Decision | DirectResponse): boolean =>
  decision.kind === 'reject' && decision.code === 'path_invalid';

/** Whether an entry is about this request, judging by its words. */
function isAbout({ requests, caller }: Entry, one: Caller, odd: boolean): boolean {
  const { path } = one;
  if (odd) return caller === SPELLED;
  if (caller === SPELLED && requests.some((request) => isForStream(request, one))) return true;
  if (requests.length === 0) return caller !== SPELLED;
  const bare = spell(path).replace(/(?<=.)\/+$/, '');
  return requests.some((request) => {
    const [, what, at = request] = /^(.*) at ((?:any method|POST|GET).*)$/.exec(request) ?? [];
    if (!isOf(at, one.method) || (what !== undefined && !hasMessage(what, one))) return false;
    if (isWithoutRoute(request)) return true;
    return [...at.matchAll(/\/\S*/g)].every(([pattern]) =>
      [pattern, pattern.replace(/(?<=.)\/\*?$/, '')].some(
        (one) => matchesPattern(one, bare) || matchesPattern(one, `${bare}/`),
      ),
    );
  });
}

/** A GET for an event stream may be decided differently because of another spelling, without being rejected for it. */
const isForStream = (request: string, { method, stream }: Caller): boolean =>
  request.startsWith(STREAM_REQUEST) && method === 'GET' && stream;

/** Whether an entry is about callers like this one, as far as its words name a token, a page or a preflight. */
function isFor({ caller, requests }: Entry, { method, places, preflight, origin }: Caller): boolean {
  if (caller.includes('CORS preflight')) return method === 'OPTIONS' && preflight;
  // Where a route has no providers, nobody looks for a token.
  if (caller.startsWith('without a token')) return places.length === 0 || requests.some(isWithoutRoute);
  if (caller.startsWith('with a token')) return places.length > 0;
  return origin !== undefined || !/\bfrom (?:any page|a page|pages)\b/.test(caller);
}

const isWithoutRoute = (request: string): boolean => request.includes('(no route)');

/** Whether the message of a request is among those that an entry names. */
function hasMessage(what: string, one: Caller): boolean {
  const reading = readMcpMessage(requestOf(one));
  const message = 'message' in reading ? reading.message : undefined;
  const isUnclear = message === undefined || message.method === STREAM;
  if (what === STREAM_REQUEST) return one.stream && one.method === 'GET';
  if (what === UNCLEAR) return isUnclear;
  if (what === 'a URI spelled differently') return message?.naming === 'uri';
  if (isUnclear) return false;
  if (what === OTHER_MESSAGES) return true;
  return what.split(' and ').every((part) => {
    const [method, name] = part.split(' ');
    return compileCondition({ method, name }).matches(message);
  });
}

/** Whether a method is among those at the beginning of a text. HEAD is treated like GET. */
function isOf(request: string, method: string): boolean {
  if (/^any method(?! but)/.test(request)) return true;
  const [, but, list = ''] = /^(any method but )?([A-Z, ]+) /.exec(request) ?? [];
  const names = list.split(', ');
  const isNamed = names.includes(method) || (method === 'HEAD' && names.includes('GET'));
  return isNamed === (but === undefined);
}

/** Checks that every caller for whom the outcome changes has an entry that says so, and that everything expected was seen. */
async function checkEntries(
  someOf: typeof pairs,
  callersOf: typeof callers,
  isForCaller: (entry: Entry, caller: Caller) => boolean,
  wanted: readonly string[],
): Promise<void> {
  const seen: Record<string, number> = {};
  const count = (name: string, is = true) => {
    if (is) seen[name] = (seen[name] ?? 0) + 1;
  };
  await fc.assert(
    fc.asyncProperty(
      someOf,
      fc.array(callersOf, { minLength: 25, maxLength: 25 }),
      async ([one, other], all) => {
        const [before, after] = [await configOf(one), await configOf(other)];
        fc.pre(before !== undefined && after !== undefined);
        const difference = await compared(valuesOf(one), valuesOf(other));
        count('same', isSame(difference));
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
          count(effect);
          count('odd', odd);
          for (const decision of [was, now]) count('code' in decision ? decision.code : decision.kind);
          const about = difference.entries[effect].filter(
            (entry) => isAbout(entry, caller, odd) && isForCaller(entry, caller),
          );
          if (about.length === 0)
            throw new Error(
              `${effect}: ${JSON.stringify({ ...caller, one, other, was: shown(was), now: shown(now), entries: difference.entries }, null, 1)}`,
            );
        }
      },
    ),
    { numRuns: 400 },
  );
  for (const name of wanted) expect([name, (seen[name] ?? 0) > 0]).toEqual([name, true]);
}

test('every request that newly passes, or no longer passes, has an entry that says so', async () => {
  // Callers with tokens in several places, of which some are not looked at, would need the decision itself to tell.
  await checkEntries(pairs, callers, () => true, ['opens', 'closes', 'odd', 'same']);
});

test('the same holds for MCP messages, logins, resources and their documents', async () => {
  await checkEntries(laterPairs, laterCallers, isFor, [
    'opens',
    'closes',
    'authentication_insufficient',
    'document',
    'mcp_request_invalid',
    'method_not_allowed',
    'origin_not_allowed',
  ]);
});

const shown = (decision: Decision | DirectResponse) => [
  'challenge' in decision ? decision.challenge : undefined,
  'document' in decision ? decision.document.etag : undefined,
  decision.kind,
  'code' in decision ? decision.code : undefined,
  'identityFields' in decision ? decision.identityFields : undefined,
];

test('the difference in the other direction is its mirror image', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(pairs, laterPairs), async ([one, other]) => {
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
    { numRuns: 150 },
  );
});

/** The request that an example describes. */
function exampleRequest(example: string): HttpRequest {
  const [, text, method = '', path = ''] = /^(?:(.*) at )?([A-Z]+) (\S+)$/.exec(example) ?? [];
  const request = { method, path, query: '', headers: [], body: new Uint8Array() };
  const [called = '', name] = text?.split(' ') ?? [];
  return text === undefined
    ? request
    : carryingMessage(request, {
        method: called,
        name,
        naming: name === undefined ? undefined : (METHODS.get(called) ?? 'name'),
      });
}

test('the example of an entry gets the decision that the entry names', async () => {
  const seen = { nobody: 0, spelled: 0 };
  await fc.assert(
    fc.asyncProperty(fc.oneof(pairs, laterPairs), async ([one, other]) => {
      const [before, after] = [await configOf(one), await configOf(other)];
      fc.pre(before !== undefined && after !== undefined);
      const { opens, closes } = (await compared(valuesOf(one), valuesOf(other))).entries;
      for (const { effect, caller, example } of [...opens, ...closes]) {
        if (example === undefined || !['without a token', SPELLED].includes(caller)) continue;
        const request = exampleRequest(example);
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
    { numRuns: 400 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(3);
});
