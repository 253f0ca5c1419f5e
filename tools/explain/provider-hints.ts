import type { Config } from '../../lambda/core/config/config.ts';
import { isSigned, type Place, placeKey } from '../../lambda/core/credentials/place.ts';
import type { TokenParts } from '../../lambda/core/jwt/decode.ts';
import { claimedIssuer, issuerSourceOf } from '../../lambda/core/jwt/issuer.ts';
import { issuersOf, type Provider } from '../../lambda/core/provider.ts';
import type { Route } from '../../lambda/core/routes/route.ts';
import { issuerDifference } from '../issuer-difference.ts';
import { listed, shown } from './format.ts';

/** What a token was likely meant to be if no provider of the route has its issuer. */
export interface Guess {
  /** The provider to continue with, as if the token were its own. */
  readonly provider: Provider | undefined;
  readonly hints: readonly string[];
}

export function guessProvider(
  place: Place,
  { header, claims }: TokenParts,
  route: Route,
  config: Config,
): Guess {
  const key = placeKey(place);
  const accepted = route.providers.filter(({ places }) => places.some((one) => placeKey(one) === key));
  const ofSpiffe = accepted.length > 0 && accepted.every(({ type }) => type === 'spiffe');
  const [name, claimed]: [string, unknown] = isSigned(place)
    ? ['signer', header.signer]
    : ofSpiffe
      ? ['sub', claims.sub]
      : ['iss', claims.iss];
  const only = accepted.length === 1 ? accepted[0] : undefined;
  if (typeof claimed !== 'string') {
    const what = claimed === undefined ? 'is missing' : `is ${shown(claimed)}, not a string`;
    return { provider: only, hints: [`"${name}" ${what}: it must say whose token this is`] };
  }

  const other = config.providers.find((provider) =>
    issuersOf(provider).includes(claimedIssuer(issuerSourceOf(provider), { header, claims }) ?? ''),
  );
  if (other !== undefined) {
    return {
      provider: other,
      hints: [
        `this token belongs to provider ${other.name}, which this route does not name: it accepts ${listed(route.providers.map((provider) => provider.name))}`,
      ],
    };
  }
  for (const provider of [...accepted, ...config.providers]) {
    for (const issuer of issuersOf(provider)) {
      const difference = issuerDifference(issuer, claimed);
      if (difference === undefined) continue;
      return {
        provider,
        hints: [
          `"${name}" is ${shown(claimed)}, provider ${provider.name} has ${shown(issuer)}: ${difference}`,
          `they must match character for character: if that is your issuer, set the ${provider.name === 'default' ? 'parameter "issuer"' : `"issuer" of provider ${provider.name}`} to exactly ${shown(claimed)}`,
        ],
      };
    }
  }
  return {
    provider: only,
    hints: [
      `"${name}" is ${shown(claimed)}; ${accepted.length === 0 ? 'no issuer is accepted' : `accepted is ${listed(accepted.flatMap(issuersOf).map((issuer) => shown(issuer)))}`}`,
      ...tenantHints(claimed, accepted),
    ],
  };
}

/** Entra ID has two issuers per tenant, depending on the version in the API's registration. */
function tenantHints(claimed: string, accepted: readonly Provider[]): string[] {
  const entra = /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.com)\/([0-9a-f-]{36})\//;
  const tenant = entra.exec(claimed)?.[1];
  const same = accepted.flatMap(issuersOf).find((issuer) => entra.exec(issuer)?.[1] === tenant);
  if (tenant === undefined || same === undefined) return [];
  return [
    'both are the same Entra ID tenant in two versions of token: set "requestedAccessTokenVersion" in the API\'s registration, or take the token\'s issuer',
  ];
}
