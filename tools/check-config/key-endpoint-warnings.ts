import { hasKeySet, type Provider, trustOf } from '../../lambda/core/provider.ts';

/** What it means that the keys of these providers are not trusted as any public endpoint's are. */
export function keyEndpointWarnings(providers: readonly Provider[]): string[] {
  return providers.flatMap((provider) => {
    const { ca, insecureHttp } = trustOf(provider);
    const place = `providers.${provider.name}`;
    const scheme = fixedScheme(provider);
    return [
      ...(insecureHttp !== true
        ? []
        : scheme === 'https:'
          ? [`${place}.insecureHttp is of no use, because the keys are at an https URL: leave it out`]
          : [
              `${place}.insecureHttp has keys fetched by plain http: whoever is on the path can replace them, and so make any token of this provider. https with "ca" prevents that`,
            ]),
      ...(ca !== undefined && scheme === 'http:'
        ? [`${place}.ca is of no use, because the keys are at an http URL, where nobody shows a certificate`]
        : []),
    ];
  });
}

/** The scheme of the keys' URL; undefined where a discovery document names that. */
function fixedScheme(provider: Provider): string | undefined {
  if (!hasKeySet(provider)) return provider.keysUrl.protocol;
  return provider.keys.kind === 'url' ? provider.keys.url.protocol : undefined;
}
