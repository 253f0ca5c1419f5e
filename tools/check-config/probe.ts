import type { Provider } from '../../lambda/core/provider.ts';
import type { FetchDocument } from '../../lambda/io/fetch-document.ts';
import { createKeyEndpoints, type KeyEntry, type KeysSeen } from '../key-endpoints.ts';

/** What came of asking for one provider's keys. */
export interface Probe {
  readonly provider: string;
  readonly seen: KeysSeen;
  readonly warnings: readonly string[];
}

/** Fetches the keys of all providers as a function would on its start. */
export async function probeProviders(
  providers: readonly Provider[],
  fetchDocument: FetchDocument,
  now: () => number,
): Promise<readonly Probe[]> {
  const endpoints = createKeyEndpoints(fetchDocument, now);
  await endpoints.sources.prefetch(providers);
  return Promise.all(
    providers.map(async (provider) => {
      const seen = await endpoints.seen(provider);
      const difference = await endpoints.compareIssuer(provider);
      const warnings = [
        ...(seen.kind === 'failed' ? [`provider ${provider.name}: no keys: ${seen.reason}`] : []),
        ...(difference === undefined ? [] : [`provider ${provider.name}: ${difference}`]),
      ];
      return { provider: provider.name, seen, warnings };
    }),
  );
}

export function probeLines({ provider, seen }: Probe): string[] {
  switch (seen.kind) {
    case 'set':
      return [
        `keys of ${provider}, ${seen.url ?? 'in the policy itself'}:`,
        ...seen.entries.map((entry) => `  ${keyLine(entry)}`),
      ];
    case 'by-kid':
      return [
        `keys of ${provider}: asked for one by one, at ${seen.url}KID; nothing to fetch before a token comes`,
      ];
    case 'failed':
    case 'not-asked':
      return [`keys of ${provider}: none`];
    default:
      return seen satisfies never;
  }
}

export function keyLine({ kid, alg, kty, ignored }: KeyEntry): string {
  const name = kid === undefined ? '(no kid)' : printable(kid);
  const about = `kty ${printable(kty ?? '?')}, alg ${printable(alg ?? 'by kty')}`;
  return `${name}  ${about}${ignored === undefined ? '' : `  ignored: ${ignored}`}`;
}

/** Text of others may hold what a terminal obeys. */
const printable = (text: string): string => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\ufffd').slice(0, 100);
