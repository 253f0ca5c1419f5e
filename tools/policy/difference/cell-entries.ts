import type { HttpRequest } from '../../../lambda/core/http/message.ts';
import type { Route, TakenRoute } from '../../../lambda/core/routes/route.ts';
import { listed } from '../../explain/format.ts';
import { type Cell, type Example, exampleText, takesOptions } from './cells.ts';
import { type Effect, type Entry, effectOf, possibly, type Result, resultText } from './entry.ts';
import { forwardChanges } from './forward-changes.ts';
import { groupBy } from './group-by.ts';
import { resultOn } from './result.ts';
import { demandsText } from './route-demands.ts';
import { widening } from './route-widening.ts';
import type { SideRule } from './side-rule.ts';
import { type Caller, callersOf } from './witness-callers.ts';
import { carryingMessage } from './witness-messages.ts';
import { witnessRequest } from './witness-token.ts';
import type { World } from './world.ts';

/** What changes for the requests of cells that are decided alike. Changes of providers are reported elsewhere. */
export async function cellEntries(cells: readonly Cell[], world: World): Promise<Entry[]> {
  const [cell] = cells;
  if (cell === undefined) return [];
  const [was, now] = [world.neutral(takenOf(cell.before)), world.neutral(takenOf(cell.after))];
  const requests = cells.map((one) => one.requests);
  const decided = await decidedEntries(cell, was, now, world);
  const entries = decided.map(
    (entry): Entry => ({
      ...entry,
      requests: entry.caller === PREFLIGHT ? cells.map(({ paths }) => `OPTIONS ${paths}`) : requests,
    }),
  );
  // What changes without a token says nothing about tokens that only some providers accept.
  const isShown = (effect: Effect, field: string) =>
    entries.some(
      (entry) => entry.effect === effect && (!isOfTokens(field) || entry.caller.startsWith('with a token')),
    );
  const others = (effect: 'opens' | 'closes', one: Route, other: Route): Entry[] => {
    const fields = widening(one, other, world.idOf).filter((field) => !isShown(effect, field));
    return fields.length === 0 ? [] : [possibly(effect, requests, changed(fields))];
  };
  return [
    ...entries,
    ...others('opens', cell.before.route, cell.after.route),
    ...others('closes', cell.after.route, cell.before.route),
    ...forwardChanges(
      { route: world.neutral(cell.before.route), config: world.before.config },
      { route: world.neutral(cell.after.route), config: world.after.config },
    ).map((change): Entry => ({ effect: 'forwards', requests, caller: '', certain: true, ...change })),
  ];
}

const takenOf = ({ taken, route }: SideRule): TakenRoute => taken ?? route;

/** Whether a field decides which tokens are accepted, rather than who needs one. */
const isOfTokens = (field: string): boolean =>
  !['mode', 'unmatched', 'mcp', 'onUnauthenticatedRequest', 'corsPreflight'].includes(field);

const changed = (fields: readonly string[]): string => `(${listed(fields)} changed)`;

interface Observation {
  readonly caller: Caller;
  readonly was: Result;
  readonly now: Result;
  readonly effect: Effect;
}

/** If the request is rejected before and after, what the token lacks says little. */
const isTold = (effect: Effect, { provider, kind }: Caller): boolean =>
  effect !== 'answers' || provider === undefined || kind !== 'other';

async function decidedEntries(
  cell: Cell,
  one: TakenRoute,
  other: TakenRoute,
  world: World,
): Promise<Entry[]> {
  const { example } = cell;
  if (example === undefined) return [];
  const [before, after] = [world.before.config, world.after.config];
  const callers = [...preflights(cell, one, other), ...callersOf(one, other, requestOf(example), world)];
  const observed: Observation[] = [];
  for (const caller of callers) {
    const was = await resultOn(caller.request, one, before);
    const now = await resultOn(caller.request, other, after);
    const effect = effectOf(was, now);
    if (effect !== undefined && isTold(effect, caller)) observed.push({ caller, was, now, effect });
  }
  const groups = groupBy(observed, ({ was, now }) => `${resultText(was)} > ${resultText(now)}`);
  return [...groups.values()].flatMap((group) => entriesOf(group, callers, cell, [one, other]));
}

function requestOf({ method, path, message }: Example): HttpRequest {
  const request = witnessRequest(method, path);
  return message === undefined ? request : carryingMessage(request, message);
}

const PREFLIGHT = 'without a token, in a CORS preflight';

/** Without `cors` in the policy, its route decides a preflight. A change of `cors` itself has its own entries. */
function preflights({ before, after, example }: Cell, one: Route, other: Route): Caller[] {
  if (
    example === undefined ||
    !takesOptions({ before, after }) ||
    one.allowPreflight === other.allowPreflight
  )
    return [];
  const { headers, ...request } = witnessRequest('OPTIONS', example.path);
  const asked = [...headers, ['access-control-request-method', 'POST'] as const];
  return [
    {
      provider: undefined,
      trait: PREFLIGHT,
      kind: 'other',
      request: { ...request, headers: asked },
    },
  ];
}

/** Entries, in few words, for callers to whom the same change applies. */
function entriesOf(
  group: readonly Observation[],
  callers: readonly Caller[],
  cell: Cell,
  [one, other]: readonly [Route, Route],
): Entry[] {
  const [first] = group;
  const { example } = cell;
  if (first === undefined || example === undefined) return [];
  const { effect, was, now } = first;
  const entry = {
    effect,
    requests: [cell.requests],
    now: resultText(now),
    was: resultText(was),
    certain: true,
    example: exampleText(example),
  };
  const told = effect === 'opens' ? other : effect === 'closes' ? one : undefined;
  const nobody = group
    .filter(({ caller }) => caller.provider === undefined)
    .map(
      ({ caller: { trait, request } }): Entry => ({
        ...entry,
        caller: trait,
        example: exampleText({ ...example, method: request.method }),
      }),
    );
  const byProvider = groupBy(
    group.filter(({ caller }) => caller.provider !== undefined),
    ({ caller }) => caller.provider,
  );
  const byTrait = groupBy([...byProvider], ([id, observed]) => {
    const known = callers.filter(({ provider }) => provider === id);
    return traitsText(
      observed.map(({ caller }) => caller),
      known,
      told,
    );
  });
  return [
    ...nobody,
    ...[...byTrait].map(([text, providers]): Entry => {
      const names = [...new Set(providers.map(([id]) => id))].sort();
      return {
        ...entry,
        caller: ['with a token of', names.join(' or '), text].filter((part) => part !== '').join(' '),
      };
    }),
  ];
}

/** What distinguishes these callers from others with tokens of the same provider. */
function traitsText(some: readonly Caller[], known: readonly Caller[], told: Route | undefined): string {
  const has = (kind: Caller['kind']) => some.some((caller) => caller.kind === kind);
  if (has('all') && has('bare')) return '';
  if (has('all')) return told === undefined ? '' : demandsText(told);
  const others = [...new Set(some.filter(({ kind }) => kind === 'other').map(({ trait }) => trait))];
  if (others.length > 0) return listedOr(others);
  return known.find(({ kind }) => kind === 'bare')?.trait ?? '';
}

const listedOr = (texts: readonly string[]): string => texts.join(', or ');
