import type { Config } from './config/config.ts';
import type { Decision } from './decision.ts';
import type { Failure } from './failure.ts';
import type { HttpRequest } from './http/message.ts';
import { isCanonicalPath } from './http/path.ts';
import { checkClaims, checkTimes, claim, identityOf } from './jwt/check.ts';
import { decode } from './jwt/decode.ts';
import { extractBearerToken } from './jwt/extract.ts';
import { type JoseHeader, parseHeader } from './jwt/header.ts';
import { verifySignature } from './jwt/verify.ts';
import type { VerificationKey } from './keys/key-set.ts';
import type { Provider } from './provider.ts';

/** The keys of a provider that may have signed a token with this header. */
export type KeyResolution =
  | { readonly kind: 'keys'; readonly keys: readonly VerificationKey[] }
  | ({ readonly kind: 'failure' } & Failure)
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterSeconds: number };

/** Resolves the key by the provider's own key set; may fetch it. Must not reject. */
export type ResolveKeys = (provider: Provider, header: JoseHeader) => Promise<KeyResolution>;

/**
 * The whole decision on one request, a verb a stage: extract the token, decode it, resolve the key, verify
 * the signature, check the claims, authorize. `now` gives milliseconds since the epoch.
 */
export async function authorize(
  request: HttpRequest,
  config: Config,
  resolveKeys: ResolveKeys,
  now: () => number,
): Promise<Decision> {
  if (!isCanonicalPath(request.path)) {
    return reject({ code: 'path_invalid', reason: 'the path is not canonical' });
  }

  const extraction = extractBearerToken(request);
  switch (extraction.kind) {
    case 'none':
      return reject({ code: 'token_missing', reason: 'no Authorization header with a bearer token' });
    case 'ambiguous':
      return reject({ code: 'token_ambiguous', reason: extraction.reason });
    case 'malformed':
      return reject({ code: 'token_malformed', reason: extraction.reason });
  }

  const token = decode(extraction.token);
  if ('malformed' in token) return reject({ code: 'token_malformed', reason: token.malformed });

  // The claim is not verified yet: it only chooses among configured issuers, whose own keys must then verify it.
  const issuer = claim(token.claims, 'iss');
  const provider = config.providers.find(({ issuers }) => issuers.some((accepted) => accepted === issuer));
  if (provider === undefined) {
    const accepted = config.providers.flatMap(({ issuers }) => issuers).join(', ');
    return reject({ code: 'issuer_mismatch', reason: `"iss" is none of ${accepted}` });
  }

  const header = parseHeader(token.header, provider);
  if ('code' in header) return reject(header, provider);

  const resolution = await resolveKeys(provider, header);
  switch (resolution.kind) {
    case 'failure':
      return reject(resolution, provider);
    case 'unavailable': {
      const { reason, retryAfterSeconds } = resolution;
      return {
        kind: 'unavailable',
        code: 'keys_unavailable',
        reason,
        retryAfterSeconds,
        provider: provider.name,
      };
    }
  }
  if (!verifySignature(token, header.alg, resolution.keys)) {
    return reject(
      { code: 'signature_invalid', reason: 'no key with this "kid" made the signature' },
      provider,
    );
  }

  const failure = checkTimes(token.claims, provider, now() / 1000) ?? checkClaims(token.claims, provider);
  if (failure !== undefined) return reject(failure, provider);
  return { kind: 'allow', identity: identityOf(token.claims, provider, issuer as string) };
}

function reject({ code, reason }: Failure, provider?: Provider): Decision {
  return { kind: 'reject', code, reason, ...(provider && { provider: provider.name }) };
}
