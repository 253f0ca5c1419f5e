import { fallbackRoute } from '../../../lambda/core/config/routes.ts';
import type { Provider } from '../../../lambda/core/provider.ts';
import type { Route } from '../../../lambda/core/routes/route.ts';
import { listed } from '../../explain/format.ts';
import { changedTokens, keysOf } from './changed-tokens.ts';
import { type Entry, effectOf, possibly, resultText } from './entry.ts';
import { changeOf } from './forward-changes.ts';
import { contentOf, newlyAccepted, type ProviderPair } from './provider-pairs.ts';
import { resultOn } from './result.ts';
import { letsThrough } from './route-widening.ts';
import { NO_ROUTE } from './request-names.ts';
import { isFallback } from './side.ts';
import { carrying, witnessRequest, witnessToken } from './witness-token.ts';
import type { World } from './world.ts';

/** What changes for the tokens of a provider that both sides have, wherever it is accepted. */
export async function providerEntries(pair: ProviderPair, world: World): Promise<Entry[]> {
  const { before, after } = pair;
  if (before === undefined || after === undefined) return [];
  const requests = requestsOf(pair, world);
  if (requests === undefined) return [];
  const entries: Entry[] = [];
  const [one, other] = [fallbackRoute(before, {}), fallbackRoute(after, {})];
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
      caller: `with a token of ${pair.id} ${trait}`,
      now: resultText(now),
      was: resultText(was),
      certain: true,
    });
  }
  for (const [effect, fields] of [
    ['opens', newlyAccepted(before, after)],
    ['closes', newlyAccepted(after, before)],
  ] as const) {
    if (fields.length === 0 || entries.some((entry) => entry.effect === effect)) continue;
    entries.push(possibly(effect, requests, `with a token of ${pair.id}, by its changed ${listed(fields)}`));
  }
  const caller = `with a token of ${pair.id}`;
  const changes = [
    ...changeOf(before, after, ({ name }) => `sent on with x-jwt-provider: ${name}`),
    ...changeOf(
      before,
      after,
      ({ scopeClaim }) => `has its scopes in ${scopeClaim ?? '"scope", else "scp"'}`,
    ),
  ];
  entries.push(
    ...changes.map((change): Entry => ({ effect: 'forwards', requests, caller, certain: true, ...change })),
  );
  return entries;
}

/** What takes its tokens; undefined if one of the sides lets nobody in by them. */
function requestsOf({ before, after }: ProviderPair, world: World): string[] | undefined {
  const taking = [
    world.before.rules.filter(({ route }) => takes(route, before)),
    world.after.rules.filter(({ route }) => takes(route, after)),
  ];
  if (taking.some((rules) => rules.length === 0)) return undefined;
  const names = taking.flat().map((rule) => {
    const { methods, route } = rule;
    const verbs =
      methods === undefined
        ? 'any method'
        : [...methods].filter((name) => name !== 'HEAD' || !methods.has('GET')).join(', ');
    return isFallback(rule) ? NO_ROUTE : `${verbs} ${route.path}`;
  });
  return [...new Set(names)];
}

const takes = (route: Route, provider: Provider | undefined): boolean =>
  letsThrough(route) && provider !== undefined && route.providers.includes(provider);
