import type { Provider } from '../../../lambda/core/provider.ts';
import type { Route, TakenRoute } from '../../../lambda/core/routes/route.ts';
import { serialized } from './plain-values.ts';
import { contentOf, type ProviderPair, providerPairs } from './provider-pairs.ts';
import { type RulePair, rulePairs } from './rule-pairs.ts';
import type { Side } from './side.ts';

/** Both sides, and which of their providers are the same. */
export interface World {
  readonly before: Side;
  readonly after: Side;
  readonly pairs: readonly ProviderPair[];
  readonly rulePairs: readonly RulePair[];
  /** The pairs for POSTs without a clear MCP message, if at least one side has an MCP route. */
  readonly unclearPairs: readonly RulePair[];
  readonly idOf: (provider: Provider) => string;
  /**
   * A route with providers that are the same on both sides: a change of a provider is reported with the provider, not with each
   * route that accepts it.
   */
  readonly neutral: (route: TakenRoute) => TakenRoute;
  /** Everything in a route except its path and messages, as a text that is the same for routes that decide alike. */
  readonly said: (route: Route) => string;
}

export function worldOf(before: Side, after: Side): World {
  const pairs = providerPairs(before.config.providers, after.config.providers);
  const ids = new Map<Provider, string>();
  const neutrals = new Map<Provider, Provider>();
  for (const pair of pairs) {
    const one = neutralOf(pair);
    for (const provider of [pair.before, pair.after]) {
      if (provider === undefined) continue;
      ids.set(provider, pair.id);
      neutrals.set(provider, one);
    }
  }
  const said = new Map<Route, string>();
  const idOf = (provider: Provider) => ids.get(provider) ?? provider.name;
  const lists = new Map<string, readonly Provider[]>();
  function neutral(route: TakenRoute): TakenRoute {
    const providers = route.providers.map((one) => neutrals.get(one) ?? one);
    // Equal lists become the same object, because derived values are cached by the list.
    const key = JSON.stringify(route.providers.map((one) => ids.get(one)));
    const list = lists.get(key) ?? providers;
    lists.set(key, list);
    const [first, ...rest] = route.candidates ?? [];
    return {
      ...route,
      providers: list,
      ...(first && { candidates: [neutral(first), ...rest.map(neutral)] }),
    };
  }
  return {
    before,
    after,
    pairs,
    rulePairs: rulePairs(before, after),
    unclearPairs: unclearPairs(before, after),
    idOf,
    neutral,
    said(route) {
      const text =
        said.get(route) ??
        serialized({ ...route, path: undefined, mcp: undefined, providers: route.providers.map(idOf) });
      said.set(route, text);
      return text;
    },
  };
}

/** One of the two, whichever side is called before. */
function neutralOf({ before, after }: ProviderPair): Provider {
  if (before === undefined || after === undefined) return (before ?? after) as Provider;
  const [one, other] = [contentOf(before), contentOf(after)];
  if (one === other) return before.name < after.name ? before : after;
  return one < other ? before : after;
}

function unclearPairs(before: Side, after: Side): RulePair[] {
  if (!before.config.hasMcp && !after.config.hasMcp) return [];
  return rulePairs(before.unclear, after.unclear).filter((pair) =>
    [pair.before, pair.after].some(({ refuses }) => refuses !== undefined),
  );
}
