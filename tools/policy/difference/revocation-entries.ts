import { issuersOf, type Provider } from '../../../lambda/core/provider.ts';
import type { IssuerRevocations } from '../../../lambda/core/revocations.ts';
import { listed } from '../../explain/format.ts';
import { NOTHING } from '../revocation-edit.ts';
import type { Effect, Entry } from './entry.ts';
import { letsThrough } from './route-widening.ts';
import type { Side } from './side.ts';
import type { World } from './world.ts';

/** What revocations add and take back, of issuers whose tokens both sides accept. */
export function revocationEntries({ before, after }: World): Entry[] {
  const accepted = [before, after].map(acceptedIssuers);
  const issuers = [
    ...new Set([before, after].flatMap(({ config }) => [...config.revocations.keys()])),
  ].sort();
  return issuers
    .filter((issuer) => accepted.every((own) => own.has(issuer)))
    .flatMap((issuer) => {
      const [was, now] = [before, after].map(({ config }) => config.revocations.get(issuer) ?? NOTHING) as [
        IssuerRevocations,
        IssuerRevocations,
      ];
      return [
        ...onlyIn(now, was).map((token) => entryOf('closes', issuer, token)),
        ...onlyIn(was, now).map((token) => entryOf('opens', issuer, token)),
      ];
    });
}

/** What refuses tokens in the one and not in the other, as people tell it of a token. */
function onlyIn(one: IssuerRevocations, other: IssuerRevocations): string[] {
  const values = (['jti', 'sub', 'client_id'] as const).flatMap((name) => {
    const more = [...one[name]].filter((value) => !other[name].has(value)).sort();
    return more.length === 0 ? [] : `whose ${name} is ${listedOr(more)}`;
  });
  const later = (time: number | undefined, than: number | undefined) =>
    time !== undefined && time > (than ?? Number.NEGATIVE_INFINITY);
  const subjects = [...one.subIssuedBefore]
    .filter(([sub, time]) => later(time, other.subIssuedBefore.get(sub)))
    .map(
      ([sub, time]) =>
        `whose sub is ${JSON.stringify(sub)}, issued ${between(other.subIssuedBefore.get(sub), time)}`,
    );
  return [
    ...values,
    ...(later(one.issuedBefore, other.issuedBefore)
      ? [`issued ${between(other.issuedBefore, one.issuedBefore as number)}`]
      : []),
    ...subjects.sort(),
  ];
}

const listedOr = (values: readonly string[]): string => {
  const text = listed(
    values.map((value) => JSON.stringify(value)),
    20,
  );
  return values.length > 1 ? `one of ${text}` : text;
};

const between = (from: number | undefined, until: number): string =>
  from === undefined ? `before ${time(until)}` : `from ${time(from)} on and before ${time(until)}`;

/** Seconds since the epoch as they are in the parameter, and as people read them. */
const time = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().replace('.000', '')} (${seconds})`;

const entryOf = (effect: Effect, issuer: string, token: string): Entry => ({
  effect,
  requests: [],
  caller: `with a token of the issuer ${issuer} ${token}`,
  ...(effect === 'opens'
    ? { now: 'not revoked', was: '401 token_revoked' }
    : { now: '401 token_revoked', was: 'not revoked' }),
  certain: true,
});

/** Issuers whose tokens get somebody in. */
export function acceptedIssuers({ rules }: Side): ReadonlySet<string> {
  const providers = new Set<Provider>(
    rules.filter(({ route }) => letsThrough(route)).flatMap(({ route }) => [...route.providers]),
  );
  return new Set([...providers].flatMap(issuersOf));
}
