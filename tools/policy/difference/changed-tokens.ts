import { createHash, type KeyObject } from 'node:crypto';
import { type Place, placeKey, placeName } from '../../../lambda/core/credentials/place.ts';
import type { VerificationKey } from '../../../lambda/core/keys/key-set.ts';
import {
  hasKeySet,
  issuersOf,
  type KeySetProvider,
  locationOf,
  type Provider,
  trustOf,
} from '../../../lambda/core/provider.ts';
import { listed } from '../../explain/format.ts';
import { meeting, meetsAll, tellingValues, valuesFor, valueText, withClaim } from './claim-values.ts';
import { nameText } from './name-text.ts';
import { serialized } from './plain-values.ts';
import { trustedBy } from './trust-text.ts';
import type { Says } from './witness-token.ts';

/** A token that one version of a provider accepts and the other may not. It shows a single reason, if the two have enough in common. */
export interface ChangedToken {
  /** What distinguishes it, in the words that follow `a token of NAME`. */
  readonly trait: string;
  /** The version that accepts it. */
  readonly provider: Provider;
  readonly says: Says;
  readonly place: Place | undefined;
  /** The key that made its signature. */
  readonly key: string | undefined;
}

/** For each way in which two versions of a provider differ, a token that shows it. */
export const changedTokens = (one: Provider, other: Provider): ChangedToken[] => [
  ...tokensOnlyOf(one, other),
  ...tokensOnlyOf(other, one),
];

/** The keys of a provider, identified by their location, or by their own content if they are in the policy. */
export function keysOf(provider: Provider): readonly string[] {
  if (!hasKeySet(provider)) return [serialized([provider.keysUrl, provider.trust])];
  const { keys } = provider;
  return keys.kind === 'inline' ? keys.set.keys.map(serialized) : [locationOf(keys)];
}

function tokensOnlyOf(own: Provider, other: Provider): ChangedToken[] {
  const issuer = shared(issuersOf(own), issuersOf(other));
  const place = own.places.find((one) => holds(other, one)) ?? own.places[0];
  const key = shared(keysOf(own), keysOf(other));
  const audience = audienceShared(own, other);
  const says: Says = {
    issuer,
    audience,
    algorithm: shared(own.algorithms, other.algorithms),
    typ: shared(own.types, other.types),
    change: (claims) => {
      const met = withRules(own, other)(claims);
      return hasKeySet(other) && typeof audience === 'string'
        ? withClaim(met, other.audienceClaim, audience)
        : met;
    },
  };
  const token = (trait: string, more: Partial<Says>, rest: Partial<ChangedToken> = {}): ChangedToken => ({
    trait,
    provider: own,
    says: { ...says, ...more },
    place,
    key,
    ...rest,
  });
  const issuers = only(issuersOf(own), issuersOf(other));
  if (own.type !== other.type) return [token(`of the type ${own.type}`, {})];
  if (issuers.length === issuersOf(own).length) {
    return [token(`whose issuer is ${quoted(issuers)}`, { issuer: issuers[0] })];
  }
  const algorithms = only(own.algorithms, other.algorithms);
  const types = only(own.types, other.types);
  const keys = only(keysOf(own), keysOf(other));
  const places = own.places.filter((one) => !holds(other, one));
  const [age, allowed] = [other.maxTokenAgeSeconds, own.maxTokenAgeSeconds ?? Number.POSITIVE_INFINITY];
  return [
    ...issuers.slice(0, 1).map((one) => token(`whose issuer is ${quoted(issuers)}`, { issuer: one })),
    ...audienceTokens(own, other, token),
    ...algorithms.slice(0, 1).map((one) => token(`signed with ${listed(algorithms)}`, { algorithm: one })),
    ...types.slice(0, 1).map((one) => token(`of the typ ${quoted(types)}`, { typ: one })),
    ...(own.clockToleranceSeconds > other.clockToleranceSeconds
      ? [
          token(`that expired at most ${own.clockToleranceSeconds} s ago`, {
            lifetime: -other.clockToleranceSeconds,
          }),
        ]
      : []),
    ...(age !== undefined && allowed > age
      ? [token(`issued more than ${age} s ago`, { age: age + other.clockToleranceSeconds + 1 })]
      : []),
    ...claimTokens(own, other, token),
    ...places.map((one) => token(`in ${placeName(one)}`, {}, { place: one })),
    ...keys.slice(0, 1).map((one) => token(`signed with ${keyText(own, keys)}`, {}, { key: one })),
  ];
}

type MakeToken = (trait: string, more: Partial<Says>) => ChangedToken;

function audienceTokens(own: Provider, other: Provider, token: MakeToken): ChangedToken[] {
  if (!hasKeySet(own) || !hasKeySet(other)) {
    const { clientId } = own as { clientId?: string };
    return clientId === (other as { clientId?: string }).clientId
      ? []
      : [token(`of the client ${JSON.stringify(clientId)}`, { clientId })];
  }
  const audiences = only(own.audience ?? [], other.audience ?? []);
  return [
    ...(own.audience === null && other.audience !== null
      ? [token('for any other audience', { audience: null, change: withRules(own, other) })]
      : []),
    ...(other.audience === null ? [] : audiences).slice(0, 1).map((one) =>
      token(`for the audience ${quoted(audiences)}`, {
        audience: one,
        change: (claims) => withClaim(withRules(own, other)(claims), other.audienceClaim, one),
      }),
    ),
    ...(own.audienceClaim === other.audienceClaim
      ? []
      : [token(`with its audience in ${nameText(own.audienceClaim)}`, { change: withRules(own, other) })]),
  ];
}

const withRules =
  (own: Provider, other: Provider): NonNullable<Says['change']> =>
  (claims) =>
    meeting(claims, [...own.requiredClaims, ...other.requiredClaims]);

/** Values of claims that only this version accepts. */
function claimTokens(own: Provider, other: Provider, token: MakeToken): ChangedToken[] {
  const names = [...new Set([...own.requiredClaims, ...other.requiredClaims].map(([claim]) => claim))].sort();
  return names.flatMap((name) => {
    const [mine = [], theirs = []] = [own, other].map(({ requiredClaims }) =>
      requiredClaims.filter(([claim]) => claim === name).map(([, rule]) => rule),
    );
    const rest = [...own.requiredClaims, ...other.requiredClaims].filter(([claim]) => claim !== name);
    const values = valuesFor([...mine, ...theirs]).filter(
      (value) => meetsAll(value, mine) && !meetsAll(value, theirs),
    );
    return tellingValues(values).map((value) =>
      token(valueText(name, value), { change: (claims) => withClaim(meeting(claims, rest), name, value) }),
    );
  });
}

const holds = ({ places }: Provider, place: Place): boolean =>
  places.some((one) => placeKey(one) === placeKey(place));

/** An element that both have, or else the first of `own`. */
const shared = <T>(own: readonly T[], other: readonly T[]): T | undefined =>
  own.find((one) => other.includes(one)) ?? own[0];

const only = <T>(own: readonly T[], other: readonly T[]): T[] => own.filter((one) => !other.includes(one));

function audienceShared(own: Provider, other: Provider): string | undefined {
  const lists = [own, other].map((one) =>
    hasKeySet(one) ? one.audience : null,
  ) as KeySetProvider['audience'][];
  const [mine, theirs] = lists;
  return mine == null ? theirs?.[0] : shared(mine, theirs ?? mine);
}

const quoted = (values: readonly string[]): string => listed(values.map((value) => JSON.stringify(value)));

/** These keys of the provider, in words. */
function keyText(provider: Provider, keys: readonly string[]): string {
  if (hasKeySet(provider) && provider.keys.kind === 'inline') {
    const own = provider.keys.set.keys.filter((key) => keys.includes(serialized(key)));
    return `the policy's own ${keys.length === 1 ? 'key' : 'keys'} ${listed(own.map(inlineKeyText))}`;
  }
  const { ca } = trustOf(provider);
  return `a key ${sourceText(provider)}${ca === undefined ? '' : `, trusted through ${trustedBy(ca)}`}`;
}

/** Includes the fingerprint, because a new key may have the old `kid`. */
const inlineKeyText = ({ kid, key }: VerificationKey): string =>
  [...(kid === undefined ? [] : [JSON.stringify(kid)]), `(SHA-256 ${digestOf(key)}…)`].join(' ');

const digestOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('hex')
    .slice(0, 16);

function sourceText(provider: Provider): string {
  if (!hasKeySet(provider)) return `from ${provider.keysUrl.href}`;
  const { keys } = provider;
  return keys.kind === 'url'
    ? `from ${keys.url.href}`
    : `found through the discovery document of ${issuersOf(provider)[0]}`;
}
