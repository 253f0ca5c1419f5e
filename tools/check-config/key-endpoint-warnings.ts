import { hasKeySet, keysIdOf, type Provider, trustOf } from '../../lambda/core/provider.ts';

/** Warnings about providers with special trust settings for their key endpoint. */
export function keyEndpointWarnings(providers: readonly Provider[]): string[] {
  return providers.flatMap((provider, index) => {
    const { ca, insecureHttp } = trustOf(provider);
    const place = `providers.${provider.name}`;
    const scheme = fixedScheme(provider);
    return [
      ...(insecureHttp !== true
        ? []
        : scheme === 'https:'
          ? [`${place}.insecureHttp has no effect, because the keys are at an https URL: remove it`]
          : [
              `${place}.insecureHttp lets keys be fetched over plain http: anyone on the network path can replace them and forge any token of this provider. Use https with "ca" if you can`,
            ]),
      ...(ca !== undefined && scheme === 'http:'
        ? [
            `${place}.ca has no effect, because the keys are at an http URL, where no certificate is shown: use https, or remove it`,
          ]
        : []),
      ...differences(provider, providers.slice(0, index)),
    ];
  });
}

/** Providers with the same key location but different trust settings: one of them is most likely a slip. */
function differences(provider: Provider, others: readonly Provider[]): string[] {
  const place = placeOf(provider);
  const other = others.find(
    (one) => place !== undefined && placeOf(one) === place && keysIdOf(one) !== keysIdOf(provider),
  );
  if (other === undefined) return [];
  return [
    `providers.${provider.name}: its keys are at the same place as those of ${other.name}, and "ca" or "insecureHttp" differ: each fetches them with its own settings, so set both alike`,
  ];
}

/** The issuers and the location of the keys, without the trust settings. */
function placeOf(provider: Provider): string | undefined {
  if (!hasKeySet(provider)) return JSON.stringify([provider.signer, provider.keysUrl.href]);
  const { keys, issuers } = provider;
  if (keys.kind === 'inline') return undefined;
  return JSON.stringify([issuers, keys.kind === 'url' ? keys.url.href : keys.kind]);
}

/** The scheme of the keys' URL; undefined if a discovery document names the URL. */
function fixedScheme(provider: Provider): string | undefined {
  if (!hasKeySet(provider)) return provider.keysUrl.protocol;
  return provider.keys.kind === 'url' ? provider.keys.url.protocol : undefined;
}
