import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import type { Warning } from '../../lambda/core/config/warning.ts';
import { DEFAULT_PROVIDER } from '../../lambda/core/provider.ts';

/** Contents of files, and values of the other parameters, as far as they are given. */
export interface Given {
  readonly policy?: string | undefined;
  readonly revocations?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  readonly jwksUri?: string | undefined;
  readonly upstream?: string | undefined;
}

/** Stands in for an issuer that is not given. */
export const STAND_IN_ISSUER = 'https://issuer.stand-in.example';

/** Stands in for an audience that is not given. */
const STAND_IN_AUDIENCE = 'audience.stand-in.example';

/** Completes the given values with valid ones, so that every problem is in a given value. */
export function completeParameters(given: Given): ParameterValues {
  const { policy, revocations, issuer, audience, jwksUri, upstream } = given;
  return {
    issuer: issuer ?? STAND_IN_ISSUER,
    audience: audience ?? STAND_IN_AUDIENCE,
    // A stand-in for the issuer must not fail discovery.
    'jwks-uri': jwksUri ?? (issuer === undefined ? `${STAND_IN_ISSUER}/jwks` : 'discover'),
    upstream: upstream ?? 'whoami',
    policy: policy ?? '{}',
    revocations: revocations ?? '{}',
  };
}

/**
 * Whether a warning is about a stand-in for the issuer or the audience. If every route names other providers, the real issuer is
 * most likely `none`, and then nothing can be let through for a token of the default provider.
 */
export const isOfStandIn = (
  { kind, message }: Pick<Warning, 'kind' | 'message'>,
  { routes = [], providers = {} }: PolicyDocument,
): boolean =>
  message.includes(STAND_IN_ISSUER) ||
  message.includes(STAND_IN_AUDIENCE) ||
  (kind === 'unmatched-for-less' &&
    !Object.hasOwn(providers, DEFAULT_PROVIDER) &&
    routes.every((route) => route.providers?.includes(DEFAULT_PROVIDER) === false));
