import type { AuthorizationContext } from './authorize.ts';
import type { Awaitable } from './awaitable.ts';
import type { Config } from './config/config.ts';
import type { Decision, DirectResponse, Unavailability } from './decision.ts';

/** The configuration in force, or why there is none. */
export type ConfigLookup =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterSeconds: number };

/** The effects of deciding on a request, as parameters: core itself has none. */
export interface DecisionEffects extends AuthorizationContext {
  readonly config: () => Promise<ConfigLookup>;
}

/** A decision and the configuration it is based on. Without a configuration the only decision is `unavailable`. */
export type Decided<D extends Decision | DirectResponse = Decision> =
  | { readonly decision: D; readonly config: Config }
  | { readonly decision: Unavailability; readonly config?: undefined };

/**
 * Makes the decision without acting on it. A caller may need the configuration before its request is complete, so
 * `decideUnder` gets it.
 */
export async function decideBy<D extends Decision | DirectResponse = Decision>(
  effects: Pick<DecisionEffects, 'config'>,
  decideUnder: (config: Config) => Awaitable<D>,
): Promise<Decided<D>> {
  const lookup = await effects.config();
  if (lookup.kind === 'unavailable') {
    const { reason, retryAfterSeconds } = lookup;
    return { decision: { kind: 'unavailable', code: 'config_unavailable', reason, retryAfterSeconds } };
  }
  return { decision: await decideUnder(lookup.config), config: lookup.config };
}
