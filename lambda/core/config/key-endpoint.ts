import { type EndpointTrust, hasKeySet, keysIdOf, type Provider, trustOf } from '../provider.ts';
import { areCertificates, UNREADABLE_CERTIFICATE } from './certificates.ts';
import type { ProviderDocument } from './providers-schema.ts';

/** What a provider's entry says about its key endpoint. */
export type KeyEndpointDocument = Pick<ProviderDocument, 'ca' | 'insecureHttp'>;

/** The same for the provider; empty if its endpoint is trusted like a public one. */
export function trustIn({ ca, insecureHttp }: KeyEndpointDocument): { readonly trust?: EndpointTrust } {
  if (ca === undefined && insecureHttp !== true) return {};
  return { trust: { ca, insecureHttp } };
}

type Documents = Readonly<Record<string, ProviderDocument>>;

/** Problems with how keys are to be fetched, for all providers. */
export function keyEndpointProblems(
  documents: Documents,
  providers: readonly Provider[],
  egress: boolean,
): string[] {
  return [
    ...Object.entries(documents).flatMap(([name, document]) =>
      documentProblems(document).map((message) => `providers.${name}.${message}`),
    ),
    ...(egress ? [] : providers.filter(mustBeFetchedByVerifiers)).map(
      ({ name }) =>
        `providers.${name}: the verifier must fetch its keys, but is deployed with functionEgress=false`,
    ),
  ];
}

function documentProblems(document: ProviderDocument): string[] {
  const members = (['ca', 'insecureHttp'] as const).filter((member) => document[member] !== undefined);
  const useless =
    'jwks' in document && document.jwks !== undefined
      ? 'has no effect with jwks, since no key is fetched: remove it'
      : document.type !== 'jwks' && document.type !== 'spiffe' && document.keysUrl === undefined
        ? "needs keysUrl, since AWS's own endpoint is public: give the URL of yours, or remove it"
        : undefined;
  if (useless !== undefined) return members.map((member) => `${member}: ${useless}`);
  return document.ca === undefined || areCertificates(document.ca) ? [] : [`ca: ${UNREADABLE_CERTIFICATE}`];
}

/**
 * Whether the keeper leaves the keys of a provider to the verifiers. Keys of signed headers are served one by one, by
 * their `kid`. And over plain http, only the network that the endpoint is in vouches for the keys: the keeper runs
 * outside it, and would reach another host at the same private address.
 */
export const mustBeFetchedByVerifiers = (provider: Provider): boolean =>
  keysIdOf(provider) !== undefined && (!hasKeySet(provider) || trustOf(provider).insecureHttp === true);
