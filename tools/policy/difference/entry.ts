import { type Code, entryOf } from '../../../lambda/core/codes.ts';
import { groupBy } from './group-by.ts';

/**
 * What a change does to requests: they pass now and did not, pass no longer, are answered otherwise, or go on in another
 * way.
 */
export const EFFECTS = ['opens', 'closes', 'answers', 'forwards'] as const;
export type Effect = (typeof EFFECTS)[number];

/** A change for some requests and callers. */
export interface Entry {
  readonly effect: Effect;
  /** Methods and patterns; empty where it is for all. */
  readonly requests: readonly string[];
  /** Who is calling, such as `with a token of partner`; empty for anyone. */
  readonly caller: string;
  readonly now: string;
  readonly was: string;
  /** Whether decisions show it. Otherwise no request was found for which it is so, and the fields alone say that it may be. */
  readonly certain: boolean;
  /** A request for which it is so. */
  readonly example?: string;
}

/** How requests are told whose path is not spelled as a route has it: servers may take it for that of another route. */
export const SPELLED = 'spelled differently';

/** What becomes of a request, as far as a caller can tell. */
export type Result =
  | { readonly passes: true; readonly as: keyof typeof PASSES }
  | { readonly passes: false; readonly code: Code };

const PASSES = {
  identity: 'let through',
  anonymous: 'let through anonymously',
  reported: 'let through without an identity (report-only)',
  preflight: 'answered as a CORS preflight',
  document: 'answered with a document',
} as const;

export const resultText = (result: Result): string =>
  result.passes ? PASSES[result.as] : `${entryOf(result.code).status} ${result.code}`;

/** What a pair of results is for the requests that they are of; undefined where they are the same. */
export function effectOf(was: Result, now: Result): Effect | undefined {
  if (was.passes !== now.passes) return now.passes ? 'opens' : 'closes';
  if (resultText(was) === resultText(now)) return undefined;
  return now.passes ? 'forwards' : 'answers';
}

/** The parts of an entry about all requests. */
export const everywhere = (effect: Effect) => ({ effect, requests: [], caller: '', certain: true }) as const;

/** What no decision shows, but fields that differ do not rule out. */
export const possibly = (effect: 'opens' | 'closes', requests: readonly string[], caller: string): Entry => ({
  effect,
  requests,
  caller,
  ...(effect === 'opens' ? { now: 'let through', was: 'refused' } : { now: 'refused', was: 'let through' }),
  certain: false,
});

/** With the requests of entries that say the same put together, in an order that does not depend on theirs. */
export function grouped(entries: readonly Entry[]): readonly Entry[] {
  const groups = groupBy(entries, ({ effect, caller, now, was, certain }) =>
    JSON.stringify([effect, caller, now, was, certain]),
  );
  const together = [...groups.values()].map((same): Entry => {
    const requests = new Set(same.flatMap((entry) => entry.requests));
    return { ...(same[0] as Entry), requests: withoutBare(requests) };
  });
  const all = new Set(together.flatMap(({ requests }) => requests));
  // What an open route leaves of a path is told after what it is for.
  const isLeft = ({ requests }: Entry) =>
    requests.length > 0 && requests.every((request) => all.has(below(request)));
  return together
    .map((entry) => ({ entry, rank: rankOf(entry), left: Number(isLeft(entry)) }))
    .sort((a, b) => a.rank - b.rank || a.left - b.left || inOrder(a.entry, b.entry))
    .map(({ entry }) => entry);
}

const below = (request: string): string => `${request}/*`;

/** A pattern of all that is below a path is for the path itself as well. */
const withoutBare = (requests: ReadonlySet<string>): readonly string[] =>
  [...requests].filter((request) => !requests.has(below(request)));

const inOrder = (a: Entry, b: Entry): number =>
  compare(a.caller, b.caller) || compare(a.requests.join(), b.requests.join());

/** What anybody can use comes first, then what takes a token, then other spellings, and last what is not certain. */
function rankOf({ caller, certain }: Entry): number {
  const rank = caller === SPELLED ? 2 : caller.startsWith('without') || caller === '' ? 0 : 1;
  return certain ? rank : rank + 3;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
