import { DEFAULT_PROVIDER, type Provider } from '../provider.ts';
import { type Parsed, parsed, problem } from './parsed.ts';
import type { Problems } from './problems.ts';
import { parseKeyLocation } from './key-location.ts';
import { jwksProvider, NO_ISSUER, parseIssuer } from './providers.ts';
import type { ReadParameter } from './read-parameter.ts';
import type { SoundPolicy } from './sound-policy.ts';
import { parsePlaces } from './token-from.ts';
import { isPlaceholder } from './url.ts';

/**
 * The default provider, or `none` where the operator wants none. `unsound`: it has problems. `unknown`: it has
 * problems, and it is not even known whether there should be one.
 */
export type DefaultProvider = Provider | 'none' | 'unsound' | 'unknown';

/** Parses the provider that the `issuer`, `audience` and `jwks-uri` parameters define and the policy may refine. */
export function parseDefaultProvider(
  read: ReadParameter,
  problems: Problems,
  policy: SoundPolicy,
): DefaultProvider {
  const place = `providers.${DEFAULT_PROVIDER}`;
  const refinement = policy.document.providers?.[DEFAULT_PROVIDER];
  const isKnown = refinement !== undefined || policy.isWhole('providers', DEFAULT_PROVIDER);
  const issuer = read('issuer', (value) =>
    parseIssuer(value, `, or to "${NO_ISSUER}" if the policy has all providers`),
  );
  if (issuer === NO_ISSUER) {
    if (refinement === undefined) return isKnown ? 'none' : 'unknown';
    problems.add(
      'policy',
      `${place}: there is no default provider, because "issuer" is "${NO_ISSUER}": remove it, or give it another name, an issuer and an audience`,
    );
    return 'unknown';
  }
  const audience = read('audience', parseAudience);
  const keys = read('jwks-uri', (value) =>
    // Reports only problems that the URL has whatever the refinement turns out to say.
    parseKeyLocation(
      issuer === undefined ? [] : [issuer],
      value,
      isKnown ? refinement : { insecureHttp: true },
    ),
  );
  const unsound = issuer === undefined ? 'unknown' : 'unsound';
  if (refinement !== undefined && refinement.type !== 'jwks') {
    problems.add('policy', `${place}.type: must be jwks`);
    return unsound;
  }
  for (const name of ['issuer', 'audience', 'jwksUri', 'jwks'] as const) {
    if (refinement?.[name] !== undefined) {
      problems.add('policy', `${place}.${name}: has a parameter of its own`);
    }
  }
  const places = problems.take('policy', parsePlaces(refinement?.tokenFrom), `${place}.tokenFrom`);
  if (
    !isKnown ||
    issuer === undefined ||
    audience === undefined ||
    keys === undefined ||
    places === undefined
  ) {
    return unsound;
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
