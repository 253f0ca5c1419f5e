import { DEFAULT_PROVIDER, type Provider } from '../provider.ts';
import { type Parsed, parsed, problem } from './parsed.ts';
import type { ProviderDocument } from './providers-schema.ts';
import type { Problems } from './problems.ts';
import { parseKeyLocation } from './key-location.ts';
import { jwksProvider, NO_ISSUER, parseIssuer } from './providers.ts';
import type { ReadParameter } from './read-parameter.ts';
import { parsePlaces } from './token-from.ts';
import { isPlaceholder } from './url.ts';

/** The default provider; `none` where the operator wants none; undefined where it has problems. */
export type DefaultProvider = Provider | 'none' | undefined;

/** The provider of the `issuer`, `audience` and `jwks-uri` parameters, which the policy may refine. */
export function parseDefaultProvider(
  read: ReadParameter,
  problems: Problems,
  refinement: ProviderDocument | undefined,
): DefaultProvider {
  const place = `providers.${DEFAULT_PROVIDER}`;
  const issuer = read('issuer', (value) =>
    parseIssuer(value, `, or to "${NO_ISSUER}" if the policy has all providers`),
  );
  if (issuer === NO_ISSUER) {
    if (refinement === undefined) return 'none';
    problems.add(
      'policy',
      `${place}: there is no default provider, because "issuer" is "${NO_ISSUER}": remove it, or give it another name, an issuer and an audience`,
    );
    return undefined;
  }
  const audience = read('audience', parseAudience);
  const keys = read('jwks-uri', (value) =>
    parseKeyLocation(issuer === undefined ? [] : [issuer], value, refinement),
  );
  if (refinement !== undefined && refinement.type !== 'jwks') {
    problems.add('policy', `${place}.type: must be jwks`);
    return undefined;
  }
  for (const name of ['issuer', 'audience', 'jwksUri', 'jwks'] as const) {
    if (refinement?.[name] !== undefined) {
      problems.add('policy', `${place}.${name}: has a parameter of its own`);
    }
  }
  const places = problems.take('policy', parsePlaces(refinement?.tokenFrom), `${place}.tokenFrom`);
  if (issuer === undefined || audience === undefined || keys === undefined || places === undefined) {
    return undefined;
  }
  return jwksProvider(DEFAULT_PROVIDER, refinement ?? {}, { issuers: [issuer], audience, keys, places });
}

function parseAudience(value: string): Parsed<readonly string[]> {
  const audiences = value.split(',').map((entry) => entry.trim());
  if (audiences.includes('')) return problem('has an empty entry');
  if (audiences.some(isPlaceholder)) {
    return problem('is still a placeholder: set it to the "aud" of your tokens');
  }
  return parsed(audiences);
}
