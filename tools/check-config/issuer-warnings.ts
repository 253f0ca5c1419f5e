import { ofPolicy, type Warning } from '../../lambda/core/config/warning.ts';
import { hasKeySet, issuersOf, type KeySetProvider, type Provider } from '../../lambda/core/provider.ts';
import { issuerDifference } from '../issuer-difference.ts';

/** Issuers that a person takes for the same, and texts that are no token's "iss". */
export const issuerWarnings = (providers: readonly Provider[]): Warning[] => [
  ...similarIssuers(providers),
  ...providers.filter(hasKeySet).flatMap(nobodysIssuer),
];

/** Issuers of one provider are listed together on purpose. */
function similarIssuers(providers: readonly Provider[]): Warning[] {
  const issuers = providers.flatMap((provider) =>
    issuersOf(provider).map((issuer) => ({ issuer, name: provider.name })),
  );
  return issuers.flatMap(({ issuer, name }, index) =>
    issuers.slice(index + 1).flatMap((other) => {
      if (name === other.name || issuerDifference(issuer, other.issuer) === undefined) return [];
      return ofPolicy(
        'similar-issuers',
        `providers.${other.name}: its issuer ${other.issuer} and ${issuer} of ${name} are almost the same, and a token is from just one of them: use the exact "iss" of the tokens`,
      );
    }),
  );
}

/** Addresses that people mistake for an issuer, and what the "iss" of the tokens is instead. */
const ADDRESSES: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/\/\.well-known\//, 'is the address of a document about the issuer: use the "issuer" in that document'],
  [
    /^https:\/\/(?:login\.microsoftonline\.(?:com|us|cn)|sts\.windows\.net)\/(?![0-9a-f-]{36}(?:\/|$))[a-z0-9.-]+(?:\/|$)/i,
    'does not name a tenant of Entra ID by its id, as the "iss" of every token does: use the id, which is 36 characters long',
  ],
  [
    /^https:\/\/[^/]+\.amazoncognito\.com(?:\/|$)/,
    'is the domain where users log in: the "iss" of Cognito\'s tokens is https://cognito-idp.REGION.amazonaws.com/POOL',
  ],
];

const nobodysIssuer = ({ name, issuers }: KeySetProvider): Warning[] =>
  issuers.flatMap((issuer) => {
    const [, what] = ADDRESSES.find(([pattern]) => pattern.test(issuer)) ?? [];
    return what === undefined
      ? []
      : ofPolicy('issuer-address', `providers.${name}: its issuer ${issuer} ${what}`);
  });
