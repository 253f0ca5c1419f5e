import { createLocalJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { type AuthenticationContext, authenticate } from '../../lambda/core/authenticate.ts';
import { parseProvider } from '../../lambda/core/config/providers.ts';
import type { Source } from '../../lambda/core/credentials/sources.ts';
import { ALGORITHM_NAMES } from '../../lambda/core/jwt/algorithms.ts';
import { createTokenMemory } from '../../lambda/core/token-memory.ts';
import { createKeySources } from '../../lambda/io/key-sources.ts';
import { bearerSource } from '../support/provider.ts';
import { AUDIENCE, ISSUER, NOW } from '../support/tokens.ts';
import type { KeyRing } from './key-rings.ts';

/** `accepted`, or the rejection's code. */
export type Verdict = string;

export interface Verifiers {
  readonly ours: (token: string) => Promise<Verdict>;
  readonly joses: (token: string) => Promise<Verdict>;
}

/** Both verifiers with the keys of a ring, one issuer and audience, and the same time. */
export async function createVerifiers({ jwks }: KeyRing): Promise<Verifiers> {
  return { ours: await ourVerifier(jwks), joses: joseVerifier(jwks) };
}

async function ourVerifier(jwks: KeyRing['jwks']): Promise<Verifiers['ours']> {
  const document = { type: 'jwks', issuer: ISSUER, audience: AUDIENCE, jwks } as const;
  const provider = await parseProvider('default', document);
  if ('problems' in provider) throw new Error(provider.problems.join('; '));
  const sources = createKeySources({
    fetchDocument: async (url) => {
      throw new Error(`fetched ${url.href}, though the keys are given`);
    },
    now: () => NOW * 1000,
    events: { keysFetched: () => {}, keysLoaded: () => {}, keysFailed: () => {} },
  });
  const source = bearerSource([provider.value]);
  return async (token) => {
    const context: AuthenticationContext = {
      revocations: new Map(),
      resolveKeys: sources.resolve,
      memory: createTokenMemory(),
      now: () => NOW * 1000,
    };
    const verdict = await verdictOf(token, source, context);
    const again = await verdictOf(token, source, context);
    if (again !== verdict) throw new Error(`${verdict} the first time, ${again} when remembered`);
    return verdict;
  };
}

async function verdictOf(token: string, source: Source, context: AuthenticationContext): Promise<Verdict> {
  const result = await authenticate({ source, token }, context);
  switch (result.kind) {
    case 'authenticated':
      return 'accepted';
    case 'failure':
      return result.code;
    case 'unavailable':
      throw new Error(`unavailable: ${result.reason}`);
  }
}

/**
 * Two rules of jose are stricter on purpose, so this takes its verdict without them: EdDSA in a key and Ed25519
 * in a token mean the same (RFC 9864 §2.2), and a `kid` may appear in a token if no key has one.
 */
function joseVerifier(jwks: KeyRing['jwks']): Verifiers['joses'] {
  const keys = jwks.keys.map(({ alg, ...jwk }) => (jwk.kty === 'OKP' ? jwk : { alg, ...jwk }));
  const local = createLocalJWKSet({ keys } as Parameters<typeof createLocalJWKSet>[0]);
  const named = keys.some((jwk) => 'kid' in jwk);
  const keySet: JWTVerifyGetKey = (header, token) => {
    const { kid, ...rest } = header;
    return local(named || !isName(kid) ? header : rest, token);
  };
  const options = {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: [...ALGORITHM_NAMES],
    clockTolerance: 30,
    currentDate: new Date(NOW * 1000),
  };
  return async (token) => {
    try {
      await jwtVerify(token, keySet, options);
      return 'accepted';
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return codeOf(error);
      // Tries each key in turn, as jose's documentation does.
      let verdict = error.code;
      for await (const key of error) {
        try {
          await jwtVerify(token, key, options);
          return 'accepted';
        } catch (next) {
          verdict = codeOf(next);
        }
      }
      return verdict;
    }
  };
}

/** A `kid` that is not a string, or is too long, makes a token malformed, whatever the key set. */
const isName = (kid: unknown): boolean => typeof kid === 'string' && kid.length <= 256;

const codeOf = (error: unknown): string =>
  error instanceof errors.JOSEError ? error.code : String((error as Error).name);
