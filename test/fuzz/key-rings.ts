import { createKey, type SigningKey } from '../support/keys.ts';

/** A private key of a ring, and the algorithms that it may sign with. */
export interface Signer {
  readonly key: SigningKey;
  readonly algorithms: readonly string[];
}

export interface KeyRing {
  readonly name: string;
  readonly signers: readonly Signer[];
  /** The key set for both verifiers. */
  readonly jwks: { readonly keys: Record<string, unknown>[] };
}

const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const ML_DSA = ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'];
const NAMED = [...RSA, 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', ...ML_DSA];
const KINDS = ['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const ED25519 = ['EdDSA', 'Ed25519'];
const algorithmsOf = (kind: string): readonly string[] =>
  kind === 'RS256' ? RSA : ED25519.includes(kind) ? ED25519 : [kind];

/** A public JWK of a kind, without some of its members. */
function signer(kind: string, kid: string, without: readonly string[]): Signer {
  const key = createKey(kind, kid);
  const jwk = Object.fromEntries(Object.entries(key.jwk).filter(([name]) => !without.includes(name)));
  return { key: { ...key, jwk }, algorithms: without.includes('alg') ? algorithmsOf(kind) : [kind] };
}

const ring = (name: string, signers: readonly Signer[]): KeyRing => ({
  name,
  signers,
  jwks: { keys: signers.map(({ key }) => key.jwk) },
});

/** New keys in the shapes of real key sets. */
export function createKeyRings(): readonly [KeyRing, ...KeyRing[]] {
  const bare = ['alg', 'use'];
  const nameless = [...bare, 'kid'];
  return [
    ring(
      'one key an algorithm',
      NAMED.map((alg) => signer(alg, `kid-${alg}`, [])),
    ),
    ring(
      'one key a type, without "alg"',
      KINDS.map((kind) => signer(kind, `kid-${kind}`, bare)),
    ),
    ring(
      'keys without "kid"',
      [...KINDS, 'RS256', 'ES256'].map((kind) => signer(kind, '', nameless)),
    ),
    ring(
      'keys that share a "kid"',
      ['ES256', 'ES256', 'RS256', 'EdDSA'].map((kind) => signer(kind, 'shared', bare)),
    ),
    ring(
      'more keys without "kid" than are tried',
      ['ES256', 'ES256', 'ES256', 'ES256', 'ES256', 'EdDSA'].map((kind) => signer(kind, '', nameless)),
    ),
  ];
}

/** A key of each kind that no ring contains. */
export function createForeignKeys(): (alg: string) => SigningKey {
  const keys = new Map([...KINDS, ...ML_DSA].map((kind) => [kind, createKey(kind, 'foreign')]));
  return (alg) => {
    const key = keys.get(RSA.includes(alg) ? 'RS256' : ED25519.includes(alg) ? 'EdDSA' : alg);
    if (key === undefined) throw new Error(`no foreign key for ${alg}`);
    return key;
  };
}
