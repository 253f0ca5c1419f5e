import { ofPolicy, type Warning } from '../../lambda/core/config/warning.ts';
import { issuersOf, type Provider } from '../../lambda/core/provider.ts';
import { issuerDifference } from '../issuer-difference.ts';

/** Issuers that a person takes for one. */
export function issuerWarnings(providers: readonly Provider[]): Warning[] {
  const issuers = providers.flatMap((provider) =>
    issuersOf(provider).map((issuer) => ({ issuer, name: provider.name })),
  );
  return issuers.flatMap(({ issuer, name }, index) =>
    issuers.slice(index + 1).flatMap((other) => {
      if (issuerDifference(issuer, other.issuer) === undefined) return [];
      return ofPolicy(
        'similar-issuers',
        `providers.${other.name}: its issuer ${other.issuer} and ${issuer} of ${name} are almost the same, and a token is of just one of them: use the exact "iss" of the tokens`,
      );
    }),
  );
}
