import { placeKey } from '../../../lambda/core/credentials/place.ts';
import { isWithin } from '../../../lambda/core/keys/key-set.ts';
import { hasKeySet, issuersOf, locationOf, type Provider, trustOf } from '../../../lambda/core/provider.ts';
import { isSubset, rulesImply } from './implications.ts';
import { plainOf, serialized } from './plain-values.ts';

/** A provider on both sides: with the same name or, if it was renamed, with the same content. */
export interface ProviderPair {
  readonly id: string;
  readonly before: Provider | undefined;
  readonly after: Provider | undefined;
}

export function providerPairs(before: readonly Provider[], after: readonly Provider[]): ProviderPair[] {
  const left = before.filter((one) => !after.some(({ name }) => name === one.name)).sort(byName);
  const right = after.filter((one) => !before.some(({ name }) => name === one.name)).sort(byName);
  const renamed = new Map<Provider, Provider>();
  for (const one of left) {
    const same = right.find(
      (other) => ![...renamed.values()].includes(other) && contentOf(one) === contentOf(other),
    );
    if (same !== undefined) renamed.set(one, same);
  }
  const added = after.filter((other) => right.includes(other) && ![...renamed.values()].includes(other));
  return [
    ...before.map((one) => {
      const other = after.find(({ name }) => name === one.name) ?? renamed.get(one);
      const names = other === undefined || other.name === one.name ? [one.name] : [one.name, other.name];
      return { id: names.sort().join(' / '), before: one, after: other };
    }),
    ...added.map((other) => ({ id: other.name, before: undefined, after: other })),
  ].sort((a, b) => (a.id < b.id ? -1 : 1));
}

const byName = (a: Provider, b: Provider): number => (a.name < b.name ? -1 : 1);

/** Everything in a provider except its name, as a text that is the same for equal providers. */
export const contentOf = (provider: Provider): string =>
  serialized({ ...(plainOf(provider) as object), name: undefined });

/** The differences that may let the second provider accept what the first does not. */
export function newlyAccepted(before: Provider, after: Provider): string[] {
  const wider: [string, boolean][] = [
    ['type', before.type !== after.type],
    ['issuers', !isSubset(issuersOf(after), issuersOf(before))],
    ['algorithms', !isSubset(after.algorithms, before.algorithms)],
    ['typ', !isSubset(after.types, before.types)],
    ['clockToleranceSeconds', after.clockToleranceSeconds > before.clockToleranceSeconds],
    ['maxTokenAgeSeconds', (after.maxTokenAgeSeconds ?? Infinity) > (before.maxTokenAgeSeconds ?? Infinity)],
    ['requiredClaims', !rulesImply(after.requiredClaims, before.requiredClaims)],
    // A claim of the wrong type makes a token malformed.
    ['scopeClaim', after.scopeClaim !== before.scopeClaim],
    // The places of a credential also decide which requests are ambiguous, and which are anonymous.
    [
      'tokenFrom',
      !isSubset(placesOf(after), placesOf(before)) || !isSubset(placesOf(before), placesOf(after)),
    ],
    ['keys', !hasKeysWithin(after, before)],
    ...audienceOf(before, after),
  ];
  return wider.filter(([, is]) => is).map(([name]) => name);
}

const placesOf = ({ places }: Provider): readonly string[] => places.map(placeKey);

function audienceOf(before: Provider, after: Provider): [string, boolean][] {
  if (hasKeySet(before) && hasKeySet(after)) {
    const [was, is] = [before.audience, after.audience];
    if (was === null) return [];
    return [
      ['audience', is === null || !isSubset(is, was)],
      ['audienceClaim', before.audienceClaim !== after.audienceClaim],
    ];
  }
  if (hasKeySet(before) || hasKeySet(after)) return [];
  return [['clientId', before.clientId !== undefined && before.clientId !== after.clientId]];
}

/** Whether all keys of the first are surely among those of the second. */
function hasKeysWithin(one: Provider, other: Provider): boolean {
  if (hasKeySet(one) && hasKeySet(other)) {
    if (one.keys.kind === 'inline' && other.keys.kind === 'inline') {
      return isWithin(one.keys.set, other.keys.set);
    }
    if (one.keys.kind === 'inline' || other.keys.kind === 'inline') return false;
    return locationOf(one.keys) === locationOf(other.keys);
  }
  if (hasKeySet(one) || hasKeySet(other)) return false;
  return one.keysUrl.href === other.keysUrl.href && serialized(trustOf(one)) === serialized(trustOf(other));
}
