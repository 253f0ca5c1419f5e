import type { Failure } from '../failure.ts';
import type { Provider } from '../provider.ts';
import { type Algorithm, isAlgorithm } from './algorithms.ts';
import type { JsonObject } from './decode.ts';

/** The parameters of the JOSE header that are used. `jku`, `jwk`, `x5u` and `x5c` (RFC 7515 §4.1) are never read. */
export interface JoseHeader {
  readonly alg: Algorithm;
  readonly kid: string | undefined;
}

/** Longest `kid` that is looked up, in characters. */
export const MAX_KID_LENGTH = 256;

/**
 * Parses the JOSE header (RFC 7515 §4) and checks it against what the provider accepts. `iss` or `signer` has already
 * selected the provider.
 */
export function parseHeader(header: JsonObject, provider: Provider): JoseHeader | Failure {
  const { alg, kid, typ } = header;
  if (!isAlgorithm(alg) || !provider.algorithms.includes(alg)) {
    return {
      code: 'algorithm_not_allowed',
      reason: `"alg" is not accepted (accepted: ${provider.algorithms.join(', ')})`,
    };
  }
  // RFC 7515 §4.1.11: critical extensions that are not understood must be rejected, and none is understood here. RFC
  // 7797 §6: `b64` changes what was signed, and a reader that skips `crit` must not miss it.
  for (const name of ['crit', 'b64']) {
    if (Object.hasOwn(header, name)) {
      return { code: 'header_unsupported', reason: `the header parameter "${name}" is not supported` };
    }
  }
  if (typ !== undefined && !(typeof typ === 'string' && provider.types.includes(mediaType(typ)))) {
    return {
      code: 'type_not_allowed',
      reason: `"typ" is not accepted (accepted: ${provider.types.join(', ')})`,
    };
  }
  if (kid !== undefined && !(typeof kid === 'string' && kid.length <= MAX_KID_LENGTH)) {
    return {
      code: 'token_malformed',
      reason: `"kid" is not a string of at most ${MAX_KID_LENGTH} characters`,
    };
  }
  return { alg, kid };
}

/** RFC 7515 §4.1.9: `typ` is a media type. It is compared without case and without `application/`. */
export const mediaType = (typ: string): string => typ.toLowerCase().replace(/^application\//, '');
