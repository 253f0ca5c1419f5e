import type { Config } from '../../lambda/core/config/config.ts';
import {
  ALGORITHM_NAMES,
  ALGORITHMS,
  type Algorithm,
  isAlgorithm,
} from '../../lambda/core/jwt/algorithms.ts';
import type { FetchDocument } from '../../lambda/io/fetch-document.ts';
import { CommandFailure } from '../arguments.ts';
import { hasKeys, probeProviders } from '../check-config/probe.ts';
import { harmlessLine } from '../harmless.ts';
import type { KeyEntry } from '../key-endpoints.ts';

export interface SeenKeys {
  readonly url: string | undefined;
  readonly entries: readonly KeyEntry[];
}

/**
 * Fetches the keys of the one provider as the function would.
 *
 * @throws CommandFailure if there is none that the function could use
 */
export async function seeKeys(
  { providers }: Config,
  fetchDocument: FetchDocument,
  now: () => number,
): Promise<SeenKeys> {
  const [probe] = await probeProviders(providers, fetchDocument, now);
  if (probe?.seen.kind !== 'set' || !hasKeys(probe)) {
    const reason = probe?.seen.kind === 'failed' ? probe.seen.reason : 'there is no usable key';
    throw new CommandFailure(
      `The keys cannot be used: ${harmlessLine(reason).slice(0, 1000)}. Correct that at the issuer, name the key set with --jwks-uri URL, or, if only this machine cannot reach them, give --offline.`,
    );
  }
  return { url: probe.seen.url, entries: probe.seen.entries };
}

/**
 * The algorithms that the keys can verify. A key that names none can verify all of its type, as far as the issuer says
 * that it signs with them.
 */
export function algorithmsOf(
  entries: readonly KeyEntry[],
  advertised: readonly string[] = [],
): readonly Algorithm[] {
  const usable = entries.filter(({ ignored }) => ignored === undefined);
  const found = usable.flatMap(({ kty, alg }) => {
    if (isAlgorithm(alg)) return [alg];
    const possible = ALGORITHM_NAMES.filter((name) => ALGORITHMS[name].kty === kty);
    const signed = possible.filter((name) => advertised.includes(name));
    return signed.length > 0 ? signed : possible;
  });
  return ALGORITHM_NAMES.filter((name) => found.includes(name));
}
