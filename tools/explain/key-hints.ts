import type { Config } from '../../lambda/core/config/config.ts';
import type { JsonObject, UnverifiedToken } from '../../lambda/core/jwt/decode.ts';
import { hasKeySet, type Provider } from '../../lambda/core/provider.ts';
import type { KeyEndpoints, KeyEntry, KeysSeen } from '../key-endpoints.ts';
import { listed, shown } from './format.ts';

/** Why no key was found: what is there instead. */
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

const aboutKey = ({ kty, alg }: KeyEntry): string => alg ?? kty ?? 'of no kind';

async function unseenHints(seen: KeysSeen, provider: Provider, endpoints: KeyEndpoints): Promise<string[]> {
  const difference = await endpoints.compareIssuer(provider);
  const reason = seen.kind === 'failed' ? [`asking for the keys failed: ${seen.reason}`] : [];
  return [...reason, ...(difference === undefined ? [] : [difference])];
}

/** Whether another provider has the key: a token of another environment, or of another tenant. */
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
    'the issuer has changed its keys since, or the token is of another environment or tenant of the same product',
  ];
}

/** What may have come between a signature and its key. */
export function signatureHints({ header, signature }: UnverifiedToken): string[] {
  const { alg } = header;
  if (typeof alg === 'string' && alg.startsWith('ES') && signature[0] === 0x30 && signature.length > 64) {
    return [
      'the signature is in ASN.1 (DER) form, as OpenSSL and KMS give it; a JWT has r and s one after the other (RFC 7518 §3.4)',
    ];
  }
  return [
    'the token was changed after it was signed, or copied with an error',
    'or it was signed with another key of the same name: of another environment, or one that the issuer has replaced',
  ];
}
