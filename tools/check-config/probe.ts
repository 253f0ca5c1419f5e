import { hasKeySet, type Provider, type SignedHeaderProvider, trustOf } from '../../lambda/core/provider.ts';
import { DocumentNotFound, type FetchDocument } from '../../lambda/io/fetch-document.ts';
import { harmlessLine } from '../harmless.ts';
import { createKeyEndpoints, type KeyEntry, type KeysSeen } from '../key-endpoints.ts';

/** The result of fetching one provider's keys. */
export interface Probe {
  readonly provider: string;
  readonly seen: KeysSeen;
  readonly warnings: readonly string[];
}

/** Fetches the keys of all providers as a function does when it starts. A stand-in for an issuer is skipped. */
export async function probeProviders(
  providers: readonly Provider[],
  fetchDocument: FetchDocument,
  now: () => number,
  hasIssuer: (provider: Provider) => boolean = () => true,
): Promise<readonly Probe[]> {
  const endpoints = createKeyEndpoints(fetchDocument, now);
  await endpoints.sources.prefetch(providers);
  return Promise.all(
    providers.map(async (provider) => {
      const seen = hasKeySet(provider)
        ? await endpoints.seen(provider)
        : await reach(provider, fetchDocument);
      const difference = hasIssuer(provider) ? await endpoints.compareIssuer(provider) : undefined;
      const warnings = [
        ...(seen.kind === 'failed' ? [`provider ${provider.name}: no keys: ${seen.reason}`] : []),
        ...(difference === undefined ? [] : [`provider ${provider.name}: ${difference}`]),
      ];
      return { provider: provider.name, seen, warnings };
    }),
  );
}

/** Whether a provider has a usable key or, if keys are fetched by kid, whether their endpoint responds. */
export const hasKeys = ({ seen }: Probe): boolean =>
  seen.kind === 'by-kid' ||
  (seen.kind === 'set' && seen.entries.some(({ ignored }) => ignored === undefined));

/** A kid that no key has. */
const NO_KID = '00000000-0000-0000-0000-000000000000';

/** Asks an endpoint with one key per kid for a key that does not exist. Any response counts. */
async function reach(provider: SignedHeaderProvider, fetchDocument: FetchDocument): Promise<KeysSeen> {
  const { keysUrl } = provider;
  try {
    await fetchDocument(new URL(`${keysUrl.href}${NO_KID}`), trustOf(provider));
  } catch (error) {
    const { message } = error as Error;
    const responded = error instanceof DocumentNotFound || /responded with status 4\d\d$/.test(message);
    if (!responded) return { kind: 'failed', reason: message };
  }
  return { kind: 'by-kid', url: keysUrl.href };
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
        `keys of ${provider}: fetched one by one, at ${seen.url}KID; the endpoint responds, and only a token's kid shows whether it has the key`,
      ];
    case 'failed':
    case 'not-asked':
      return [`keys of ${provider}: none`];
    default:
      return seen satisfies never;
  }
}

export function keyLine({ kid, alg, kty, ignored }: KeyEntry): string {
  const name = kid === undefined ? '(no kid)' : short(kid);
  const about = `kty ${short(kty ?? '?')}, alg ${short(alg ?? 'by kty')}`;
  return `${name}  ${about}${ignored === undefined ? '' : `  ignored: ${ignored}`}`;
}

const short = (text: string): string => harmlessLine(text).slice(0, 100);
