import type { PolicyDocument } from '../../../lambda/core/config/policy-schema.ts';
import { fallbackRoute } from '../../../lambda/core/config/routes.ts';
import type { Provider } from '../../../lambda/core/provider.ts';
import type { RouteRule } from '../../../lambda/core/routes/match.ts';
import { listed } from '../../explain/format.ts';
import { changedTokens, keysOf } from './changed-tokens.ts';
import { type Entry, effectOf, possibly, type Result, resultText } from './entry.ts';
import { changeOf } from './forward-changes.ts';
import { nameText } from './name-text.ts';
import { contentOf, newlyAccepted, type ProviderPair } from './provider-pairs.ts';
import { NO_ROUTE } from './request-names.ts';
import { resultOn } from './result.ts';
import { letsThrough } from './route-widening.ts';
import { isFallback } from './side-rule.ts';
import { conditionText } from './witness-messages.ts';
import { carrying, witnessRequest, witnessToken } from './witness-token.ts';
import type { World } from './world.ts';

/** What changes for the tokens of a provider that both sides have, on all routes that accept it. */
export async function providerEntries(pair: ProviderPair, world: World): Promise<Entry[]> {
  const { before, after } = pair;
  if (before === undefined || after === undefined) return [];
  const { enforced, reported } = requestsOf(before, after, world);
  return [
    ...(enforced.length > 0 ? await entriesFor(pair.id, before, after, enforced, {}, world) : []),
    ...(reported.length > 0
      ? await entriesFor(pair.id, before, after, reported, { mode: 'report-only' }, world)
      : []),
  ];
}

/** The same for requests whose routes have a certain mode. */
async function entriesFor(
  id: string,
  before: Provider,
  after: Provider,
  requests: readonly string[],
  policy: PolicyDocument,
  world: World,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  const [one, other] = [fallbackRoute(before, policy), fallbackRoute(after, policy)];
  const tokens = contentOf(before) === contentOf(after) ? [] : changedTokens(before, after);
  for (const { trait, provider, says, place, key } of tokens) {
    if (place === undefined || key === undefined) continue;
    const request = carrying(witnessRequest('GET', '/'), place, witnessToken(provider, says));
    const isSigner = (signer: Provider) => keysOf(signer).includes(key);
    const was = await resultOn(request, one, world.before.config, isSigner);
    const now = await resultOn(request, other, world.after.config, isSigner);
    const effect = effectOf(was, now);
    if (effect === undefined) continue;
    entries.push({
      effect,
      requests,
      caller: `with a token of ${id} ${trait}`,
      now: acceptedText(now),
      was: acceptedText(was),
      certain: true,
    });
  }
  const shown = new Set(entries.map(({ effect }) => effect));
  for (const [effect, fields] of [
    ['opens', newlyAccepted(before, after)],
    ['closes', newlyAccepted(after, before)],
  ] as const) {
    const told = policy.mode === 'report-only' ? 'forwards' : effect;
    if (fields.length === 0 || shown.has(told)) continue;
    const entry = possibly(effect, requests, `with a token of ${id} (${listed(fields)} changed)`);
    entries.push(told === effect ? entry : { ...entry, effect: told, ...REPORTED[effect] });
  }
  const caller = `with a token of ${id}`;
  const changes = [
    ...changeOf(before, after, ({ name }) => `forwarded with x-jwt-provider: ${name}`),
    ...changeOf(
      before,
      after,
      ({ scopeClaim }) =>
        `judged by the scopes in its claim ${scopeClaim === undefined ? '"scope", or else "scp"' : nameText(scopeClaim)}`,
    ),
  ];
  entries.push(
    ...changes.map((change): Entry => ({ effect: 'forwards', requests, caller, certain: true, ...change })),
  );
  return entries;
}

const [ACCEPTED, UNACCEPTED] = ['accepted', 'let through without an identity (report-only)'];
const REPORTED = {
  opens: { now: ACCEPTED, was: UNACCEPTED },
  closes: { now: UNACCEPTED, was: ACCEPTED },
};

/** "Accepted", because the token may still lack what its route requires. */
const acceptedText = (result: Result): string =>
  result.passes && result.as === 'identity' ? ACCEPTED : resultText(result);

/** The requests whose routes take its tokens on both sides, by whether a rejection is enforced or only reported. */
function requestsOf(before: Provider, after: Provider, { rulePairs }: World) {
  const taking = rulePairs.filter((pair) => takes(pair.before, before) && takes(pair.after, after));
  const reportOnly = new Map<string, boolean>();
  for (const pair of taking) {
    const isReported = pair.before.route.reportOnly && pair.after.route.reportOnly;
    for (const name of [pair.before, pair.after].map(nameOf)) {
      reportOnly.set(name, isReported && (reportOnly.get(name) ?? true));
    }
  }
  const names = (isReported: boolean) =>
    [...reportOnly].filter(([, value]) => value === isReported).map(([name]) => name);
  return { enforced: names(false), reported: names(true) };
}

function nameOf(rule: RouteRule): string {
  const { methods, route } = rule;
  const verbs =
    methods === undefined
      ? 'any method'
      : [...methods].filter((name) => name !== 'HEAD' || !methods.has('GET')).join(', ');
  const messages = conditionText(route.mcp, undefined);
  return isFallback(rule)
    ? NO_ROUTE
    : `${messages === undefined ? '' : `${messages} at `}${verbs} ${route.path}`;
}

const takes = ({ route }: RouteRule, provider: Provider): boolean =>
  letsThrough(route) && route.providers.includes(provider);
