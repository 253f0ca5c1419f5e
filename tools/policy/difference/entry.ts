import { type Code, entryOf } from '../../../lambda/core/codes.ts';
import { groupBy } from './group-by.ts';

/**
 * What a change does to requests: they now pass, no longer pass, are rejected differently, or pass differently.
 */
export const EFFECTS = ['opens', 'closes', 'answers', 'forwards'] as const;
export type Effect = (typeof EFFECTS)[number];

/** A change for some requests and callers. */
export interface Entry {
  readonly effect: Effect;
  /** Methods and patterns; empty for all requests. */
  readonly requests: readonly string[];
  /** Who is calling, such as `with a token of partner`; empty for anyone. */
  readonly caller: string;
  readonly now: string;
  readonly was: string;
  /** Whether decisions on a request show it. If not, no such request was found, and only the fields say that it is possible. */
  readonly certain: boolean;
  /** A request that shows it. */
  readonly example?: string;
}

/** For requests whose path is not spelled as the route has it, so that servers may take it for another route's. */
export const SPELLED = 'spelled differently';

/** What happens to a request, as far as a caller can tell. */
export type Result =
  | { readonly passes: true; readonly as: keyof typeof PASSES }
  | { readonly passes: false; readonly code: Code };

const PASSES = {
  identity: 'let through',
  anonymous: 'let through anonymously',
  reported: 'let through without an identity (report-only)',
  preflight: 'handled as a CORS preflight',
  document: 'served a document',
} as const;

export const resultText = (result: Result): string =>
  result.passes ? PASSES[result.as] : `${entryOf(result.code).status} ${result.code}`;

/** The effect on requests whose result changes from one to the other; undefined if both are the same. */
export function effectOf(was: Result, now: Result): Effect | undefined {
  if (was.passes !== now.passes) return now.passes ? 'opens' : 'closes';
  if (resultText(was) === resultText(now)) return undefined;
  return now.passes ? 'forwards' : 'answers';
}

/** The parts of an entry about all requests. */
export const everywhere = (effect: Effect) => ({ effect, requests: [], caller: '', certain: true }) as const;

/** An entry that no decision shows, but that the differing fields do not rule out. */
export const possibly = (effect: 'opens' | 'closes', requests: readonly string[], caller: string): Entry => ({
  effect,
  requests,
  caller,
  ...(effect === 'opens' ? { now: 'let through', was: 'rejected' } : { now: 'rejected', was: 'let through' }),
  certain: false,
});

/** Merges the requests of entries that say the same, and sorts the result independently of the given order. */
export function grouped(entries: readonly Entry[]): readonly Entry[] {
  const groups = groupBy(entries, ({ effect, caller, now, was, certain }) =>
    JSON.stringify([effect, caller, now, was, certain]),
  );
  const together = [...groups.values()].map(
    (same): Entry => ({ ...(same[0] as Entry), requests: togetherIn(same) }),
  );
  const all = new Set(together.flatMap(({ requests }) => requests));
  // The paths that a route leaves out come after the paths that it names.
  const isLeft = ({ requests }: Entry) =>
    requests.length > 0 && requests.every((request) => all.has(below(request)));
  return together
    .map((entry) => ({ entry, rank: rankOf(entry), left: Number(isLeft(entry)) }))
    .sort((a, b) => a.rank - b.rank || a.left - b.left || inOrder(a.entry, b.entry))
    .map(({ entry }) => entry);
}

/** The requests of some entries. A path comes after everything below it: a person is shown only the first of many requests. */
function togetherIn(entries: readonly Entry[]): readonly string[] {
  if (entries.some(({ requests }) => requests.length === 0)) return [];
  const all = new Set(entries.flatMap(({ requests }) => requests));
  const hasBelow = (request: string) => all.has(below(request));
  return [...[...all].filter((request) => !hasBelow(request)), ...[...all].filter(hasBelow)];
}

const below = (request: string): string => `${request}/*`;

const inOrder = (a: Entry, b: Entry): number =>
  compare(a.caller, b.caller) || compare(a.requests.join(), b.requests.join());

/** Entries about anyone come first, then those about tokens, then other spellings, and last whatever is not certain. */
function rankOf({ caller, certain }: Entry): number {
  const rank = caller === SPELLED ? 2 : caller.startsWith('without') || caller === '' ? 0 : 1;
  return certain ? rank : rank + 3;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
