import type { ClaimRule } from '../../lambda/core/claim-rules.ts';
import { DISCOVER } from '../../lambda/core/config/key-location.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { NO_ISSUER } from '../../lambda/core/config/providers.ts';
import type { JwksProviderDocument, ProviderDocument } from '../../lambda/core/config/providers-schema.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import type { Algorithm } from '../../lambda/core/jwt/algorithms.ts';
import { DEFAULT_PROVIDER } from '../../lambda/core/provider.ts';
import type { Answers } from './answers.ts';
import { placeOfClaim } from './asked-claim.ts';
import type { Preset } from './presets/preset.ts';

type Rules = NonNullable<JwksProviderDocument['requiredClaims']>;

/** The new values of the parameters. `upstream` is undefined if it stays as it is. */
export interface Decided {
  readonly issuer: string;
  readonly audience: string | undefined;
  readonly jwksUri: string | undefined;
  readonly upstream: string | undefined;
  readonly policy: PolicyDocument;
}

/**
 * The parameters for the answers; `algorithms` replace the preset's. What the parameters issuer and audience
 * cannot express becomes a separate provider.
 */
export function decide(preset: Preset, answers: Answers, algorithms?: readonly Algorithm[]): Decided {
  const { issuers, audience, upstream } = answers;
  const [issuer = ''] = issuers;
  const jwksUri = keysOf(preset, answers);
  if (preset.type === 'spiffe' || issuers.length > 1) {
    return {
      issuer: NO_ISSUER,
      audience: undefined,
      jwksUri: undefined,
      upstream,
      policy: namedPolicy(preset, answers),
    };
  }
  const rest = refinement(preset, answers, algorithms);
  return {
    issuer,
    audience: audience.join(','),
    jwksUri: jwksUri ?? DISCOVER,
    upstream,
    policy: {
      ...(Object.keys(rest).length > 0 && { providers: { [DEFAULT_PROVIDER]: { type: 'jwks', ...rest } } }),
      unmatched: 'deny',
      routes: routesOf(preset, answers),
    },
  };
}

/** The whole provider in the policy, under the preset's name. */
export function namedPolicy(preset: Preset, answers: Answers): PolicyDocument {
  const { issuers, audience } = answers;
  const jwksUri = keysOf(preset, answers);
  const own = { ...(jwksUri !== undefined && { jwksUri }), audience: oneOrMany(audience) };
  const rest = refinement(preset, answers);
  const [issuer = ''] = issuers;
  const provider: ProviderDocument =
    preset.type === 'spiffe'
      ? { type: 'spiffe', trustDomain: issuer.replace('spiffe://', ''), ...own }
      : { type: 'jwks', issuer: oneOrMany(issuers), ...own, ...rest };
  return {
    providers: { [preset.name]: provider },
    unmatched: 'deny',
    routes: routesOf(preset, answers, [preset.name]),
  };
}

/** The parameters to put along with the policy, by name. */
export const besidePolicy = ({
  issuer,
  audience,
  jwksUri,
  upstream,
}: Decided): readonly (readonly [string, string])[] =>
  Object.entries({ issuer, audience, 'jwks-uri': jwksUri, upstream }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );

/** The same as values to be parsed. */
export const valuesOf = ({ issuer, audience, jwksUri, upstream, policy }: Decided): ParameterValues => ({
  issuer,
  audience: audience ?? 'unused',
  'jwks-uri': jwksUri ?? DISCOVER,
  upstream: upstream ?? 'whoami',
  policy: JSON.stringify(policy),
  revocations: '{}',
});

function keysOf({ jwksUri: known }: Preset, { issuers, jwksUri }: Answers): string | undefined {
  return jwksUri ?? known?.(issuers[0] ?? '');
}

/** What the provider's entry has in addition to issuer and audience. */
function refinement(
  preset: Preset,
  answers: Answers,
  algorithms?: readonly Algorithm[],
): NonNullable<Preset['provider']> {
  const { requiredClaims, ...provider } = preset.provider ?? {};
  const rules = { ...requiredClaims, ...rulesOf(preset, answers, 'provider') };
  return {
    ...provider,
    ...(algorithms !== undefined && { algorithms: [...algorithms] }),
    ...(Object.keys(rules).length > 0 && { requiredClaims: rules }),
  };
}

function routesOf(
  preset: Preset,
  answers: Answers,
  providers?: string[],
): NonNullable<PolicyDocument['routes']> {
  const claims = rulesOf(preset, answers, 'route');
  return answers.paths.map((path) => ({
    path,
    ...(providers !== undefined && { providers }),
    ...(answers.scopes.length > 0 && { scopes: [...answers.scopes] }),
    ...(Object.keys(claims).length > 0 && { claims }),
  }));
}

const rulesOf = (preset: Preset, { claims }: Answers, of: 'provider' | 'route'): Rules =>
  Object.fromEntries(
    Object.entries(claims)
      .map(([name, values]) => ({ ...placeOfClaim(preset, name), values }))
      .filter((place) => place.of === of)
      .map(({ claim, rule, values }) => [claim, ruleOf(rule, values)]),
  );

function ruleOf(rule: 'equals' | 'anyOf' | 'contains', values: readonly string[]): ClaimRule & Rules[string] {
  const [value = '', ...more] = values;
  return rule === 'anyOf' || more.length > 0 ? { anyOf: [...values] } : { [rule]: value };
}

const oneOrMany = (values: readonly string[]): string | string[] => {
  const [value = '', ...more] = values;
  return more.length === 0 ? value : [...values];
};
