import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { ofPolicy, type Warning } from '../../lambda/core/config/warning.ts';
import {
  DEFAULT_PROVIDER,
  hasKeySet,
  type KeySetProvider,
  type Provider,
} from '../../lambda/core/provider.ts';

/** Providers that accept nobody, or more callers than intended. */
export const identityWarnings = (policy: PolicyDocument, providers: readonly Provider[]): Warning[] => [
  ...unusedProviders(policy),
  ...providers
    .filter(hasKeySet)
    .flatMap((provider) => [...anyAudience(provider), ...cognitoAudience(provider)]),
];

function unusedProviders({ providers = {}, routes = [] }: PolicyDocument): Warning[] {
  const used = new Set([DEFAULT_PROVIDER, ...routes.flatMap((route) => route.providers ?? [])]);
  return Object.keys(providers)
    .filter((name) => !used.has(name))
    .map((name) =>
      ofPolicy(
        'unused-provider',
        `providers.${name} is not named by any route, so none of its credentials are accepted`,
      ),
    );
}

const anyAudience = ({ name, audience }: KeySetProvider): Warning[] =>
  audience === null
    ? [
        ofPolicy(
          'any-audience',
          `providers.${name}.audience: null accepts tokens that the issuer made for other APIs: list the audiences of this one`,
        ),
      ]
    : [];

const COGNITO = /^https:\/\/cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\//;

/** https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html */
function cognitoAudience(provider: KeySetProvider): Warning[] {
  const { name, issuers, audience, audienceClaim, requiredClaims } = provider;
  if (!issuers.some((issuer) => COGNITO.test(issuer))) return [];
  const isForIdTokens = requiredClaims.some(
    ([claim, { equals }]) => claim === 'token_use' && equals === 'id',
  );
  // With resource binding an access token has an "aud", which is a URL; a client ID consists of letters and digits.
  const isOfClients = audience?.every((one) => /^[\w+]+$/.test(one)) ?? false;
  const problem =
    audienceClaim === 'aud' && isOfClients && !isForIdTokens
      ? 'access tokens of Cognito have no "aud", so all of them are rejected: set "audienceClaim" to "client_id", or, if ID tokens are meant, require "token_use" to equal "id"'
      : audienceClaim === 'client_id' && audience !== null && isForIdTokens
        ? 'ID tokens of Cognito have no "client_id", so all of them are rejected: leave "audienceClaim" out, or, if access tokens are meant, require "token_use" to equal "access"'
        : undefined;
  return problem === undefined ? [] : [ofPolicy('cognito-audience', `providers.${name}: ${problem}`)];
}
