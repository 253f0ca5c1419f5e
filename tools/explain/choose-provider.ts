import { type Authentication, authenticate } from '../../lambda/core/authenticate.ts';
import type { Source } from '../../lambda/core/credentials/sources.ts';
import { keysIdOf, type Provider } from '../../lambda/core/provider.ts';
import { hasKeysOf } from './assumed-signature.ts';
import { listed } from './format.ts';
import type { TokenContext } from './token-context.ts';

interface Choice {
  readonly provider: Provider | undefined;
  readonly account: string;
  /** The other providers that were tried, and why they reject the token. */
  readonly others: readonly string[];
}

/** The provider that accepts the token, or the one with which it gets furthest, chosen as the function does. */
export async function chooseProvider(
  text: string,
  candidates: readonly Provider[],
  source: Source,
  { config, trust, assumption, now }: TokenContext,
): Promise<Choice> {
  const authenticated = async (tried: readonly Provider[]): Promise<Authentication> =>
    authenticate(
      { source: { ...source, candidatesOf: () => tried }, token: text },
      {
        revocations: config.revocations,
        ...trust(source.signed),
        now: () => now,
      },
    );
  const [only] = candidates;
  if (candidates.length === 1 && only !== undefined) {
    return { provider: only, account: `the token belongs to provider ${only.name}`, others: [] };
  }
  const { trace, kind } = await authenticated(candidates);
  const provider = candidates.find(({ name }) => name === trace.provider);
  const others: string[] = [];
  for (const other of candidates) {
    if (other === provider) break;
    const result = await authenticated([other]);
    if (result.kind === 'authenticated') continue;
    const isAssumed =
      assumption !== undefined && keysIdOf(other) !== undefined && !hasKeysOf(other, assumption);
    others.push(
      isAssumed && result.kind === 'failure' && result.code === 'signature_invalid'
        ? `${other.name} is assumed not to have the key that made the signature`
        : `${other.name} rejects it: ${result.reason}`,
    );
  }
  const names = listed(candidates.map(({ name }) => name));
  const account =
    kind === 'authenticated'
      ? `the token may belong to ${names}, which are tried in this order; ${provider?.name} accepts it`
      : `the token may belong to ${names}, but none accepts it; it gets furthest with ${provider?.name}`;
  return { provider, account, others };
}
