import type { Config } from '../../lambda/core/config/config.ts';
import { algorithm, isAlgorithm } from '../../lambda/core/jwt/algorithms.ts';
import type { JsonObject, UnverifiedToken } from '../../lambda/core/jwt/decode.ts';
import type { VerificationKey } from '../../lambda/core/keys/key-set.ts';
import { hasKeySet, type Provider } from '../../lambda/core/provider.ts';
import type { KeyEndpoints, KeyEntry, KeysSeen } from '../key-endpoints.ts';
import { listed, shown } from './format.ts';
import { GRAPH_HINT, isForGraph } from './token-hints.ts';

/** Why no key was found, and what is there instead. */
export async function keyHints(
  code: string,
  { kid, alg }: JsonObject,
  provider: Provider,
  config: Config,
  endpoints: KeyEndpoints,
): Promise<string[]> {
  const seen = await endpoints.seen(provider);
  if (seen.kind !== 'set') return unseenHints(seen, provider, endpoints);
  const place = seen.url === undefined ? 'the key set in the policy' : `the key set at ${seen.url}`;
  const named = kid === undefined ? [] : seen.entries.filter((entry) => entry.kid === kid);
  const ignored = named.find((entry) => entry.ignored !== undefined);
  if (ignored !== undefined) {
    const encryption = ignored.ignored === '"use" is not "sig"' ? ' (it is for encryption)' : '';
    return [`${place} has the key ${shown(kid)}, which is left out: ${ignored.ignored}${encryption}`];
  }
  if (code === 'algorithm_not_allowed') {
    return [`the key ${shown(kid)} is ${listed(named.map(aboutKey))}, the token has "alg" ${shown(alg)}`];
  }
  const usable = seen.entries.filter((entry) => entry.ignored === undefined);
  return [
    `the token names ${kid === undefined ? 'no "kid"' : `the key ${shown(kid)}`}; ${place} has ${listed(usable.map((entry) => `${shown(entry.kid ?? '(no kid)')} (${aboutKey(entry)})`))}`,
    ...(kid === undefined ? [] : await ownerHints(kid, provider, config, endpoints)),
  ];
}

const aboutKey = ({ kty, alg }: KeyEntry): string => alg ?? kty ?? 'of unknown kind';

async function unseenHints(seen: KeysSeen, provider: Provider, endpoints: KeyEndpoints): Promise<string[]> {
  const difference = await endpoints.compareIssuer(provider);
  const reason = seen.kind === 'failed' ? [`asking for the keys failed: ${seen.reason}`] : [];
  return [...reason, ...(difference === undefined ? [] : [difference])];
}

/** Whether another provider has the key, as with a token from another environment or tenant. */
async function ownerHints(
  kid: unknown,
  provider: Provider,
  { providers }: Config,
  endpoints: KeyEndpoints,
): Promise<string[]> {
  const others = providers.filter((other) => other !== provider && hasKeySet(other));
  await endpoints.sources.prefetch([provider, ...others]);
  for (const other of others) {
    const seen = await endpoints.seen(other);
    if (seen.kind === 'set' && seen.entries.some((entry) => entry.kid === kid)) {
      return [`provider ${other.name} has a key of that name`];
    }
  }
  return [
    'the issuer has changed its keys since, or the token is from another environment or tenant of the same product',
  ];
}

/** Why a signature may not match its key. */
export function signatureHints(token: UnverifiedToken, keys: readonly VerificationKey[]): string[] {
  const { header } = token;
  if (isForGraph(token)) return [GRAPH_HINT];
  const length = signatureLengthHints(token, keys);
  if (length.length > 0) return length;
  return [
    'the token was changed after it was signed, or copied with an error',
    'or it was signed with another key that has the same name: one from another environment, or one that the issuer has replaced',
    ...(Object.hasOwn(header, 'nonce')
      ? ['its header has a "nonce": issuers that put one there may sign another value than they send']
      : []),
  ];
}

/** What the length of a signature says about a token that was cut or assembled differently. */
export function signatureLengthHints(
  { header, signature }: UnverifiedToken,
  keys: readonly VerificationKey[] = [],
): string[] {
  const { alg } = header;
  if (typeof alg === 'string' && alg.startsWith('ES') && signature[0] === 0x30 && signature.length > 64) {
    return [
      'the signature is in ASN.1 (DER) form, as OpenSSL and KMS give it; a JWT has r and s one after the other (RFC 7518 §3.4)',
    ];
  }
  const wanted = signatureBytes(alg, keys);
  if (wanted.length === 0 || wanted.includes(signature.length)) return [];
  const size = `the signature has ${signature.length} bytes, where ${shown(alg)} has ${listed(wanted.map(String))}`;
  return [
    signature.length < Math.min(...wanted)
      ? `${size}: the end of the token was not copied, or a terminal cut it`
      : `${size}: more than the token was copied, or it was signed in another way`,
  ];
}

/** Possible lengths of a signature, in bytes; empty if unknown. RSA signatures are as long as the modulus (RFC 8017 §8). */
function signatureBytes(alg: unknown, keys: readonly VerificationKey[]): readonly number[] {
  if (!isAlgorithm(alg)) return [];
  const { kty, signatureBytes: bytes } = algorithm(alg);
  if (bytes !== undefined) return [bytes];
  if (kty !== 'RSA') return [];
  const moduli = keys.map(({ key }) => (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
  return moduli.length > 0 ? [...new Set(moduli)] : [256, 384, 512];
}
