import type { AuthorizationContext } from '../../lambda/core/authorize.ts';
import { decode } from '../../lambda/core/jwt/decode.ts';
import type { KeySet } from '../../lambda/core/keys/key-set.ts';
import { hasKeySet, type Provider } from '../../lambda/core/provider.ts';
import type { AcceptedToken } from '../../lambda/core/verified-token.ts';
import type { KeyEndpoints } from '../key-endpoints.ts';

/** Stands for the key set, whatever it is, that has the key which made the signature. */
const ASSUMED: KeySet = { keys: [], byKid: new Map(), nameless: [], ignored: [] };

/** Whether a provider's keys are known without asking for them. */
export const hasKeysAtHand = (provider: Provider): boolean =>
  hasKeySet(provider) && provider.keys.kind === 'inline';

/**
 * Has the function decide as if some key of each provider had made the signature of the token, but for the providers whose
 * keys are in the policy. To the function it is a token that it remembers: such a one it checks in all but the signature.
 */
export function assumingSignature(
  endpoints: KeyEndpoints,
  padding: boolean,
): Pick<AuthorizationContext, 'resolveKeys' | 'memory'> {
  return {
    resolveKeys: (provider, header, outdated) =>
      hasKeysAtHand(provider)
        ? endpoints.sources.resolve(provider, header, outdated)
        : { kind: 'keys', keys: [], set: ASSUMED },
    memory: {
      get(text) {
        const token = decode(text, { padding });
        if ('malformed' in token) return undefined;
        const { header, claims } = token;
        return { token: { header, claims, padding }, provenBy: [ASSUMED], accepted: ACCEPTED_BY_NOBODY };
      },
      set: () => {},
      size: () => 0,
    },
  };
}

/** No provider is the one of this, so each that is tried checks the token itself. */
const ACCEPTED_BY_NOBODY = {} as AcceptedToken;
