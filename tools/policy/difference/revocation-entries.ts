import { issuersOf, type Provider } from '../../../lambda/core/provider.ts';
import type { IssuerRevocations } from '../../../lambda/core/revocations.ts';
import { listed } from '../../explain/format.ts';
import { NOTHING } from '../revocation-edit.ts';
import type { Effect, Entry } from './entry.ts';
import { groupBy } from './group-by.ts';
import { nameText } from './name-text.ts';
import { letsThrough } from './route-widening.ts';
import type { Side } from './side.ts';
import type { World } from './world.ts';

/** The revocations that are added and removed, for issuers whose tokens both sides accept. */
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

/** The tokens that the one revokes and the other does not, in words that follow `a token`. */
function onlyIn(one: IssuerRevocations, other: IssuerRevocations): string[] {
  // Tokens revoked by time stay revoked, so only the others are affected.
  const spared = other.issuedBefore === undefined ? '' : `, issued ${between(other.issuedBefore, EVER)}`;
  const values = (['jti', 'client_id'] as const).flatMap((name) => {
    const more = [...one[name]].filter((value) => !other[name].has(value)).sort();
    return more.length === 0 ? [] : `whose ${name} is ${listedOr(more)}${spared}`;
  });
  const ofAll = later(one.issuedBefore, other.issuedBefore)
    ? [`issued ${between(other.issuedBefore, one.issuedBefore)}`]
    : [];
  const subjects = [...new Set([...one.sub, ...one.subIssuedBefore.keys()])].filter(
    (sub) => later(endOf(one, sub), endOf(other, sub)) && later(endOf(one, sub), one.issuedBefore),
  );
  const alike = groupBy(subjects.sort(), (sub) => {
    const [from, until] = [endOf(other, sub), endOf(one, sub) ?? EVER];
    return from === undefined && until === EVER ? '' : `, issued ${between(from, until)}`;
  });
  return [
    ...values,
    ...ofAll,
    ...[...alike].map(([times, subs]) => `whose sub is ${listedOr(subs)}${times}`),
  ];
}

const EVER = Number.POSITIVE_INFINITY;

/** Tokens of a subject that were issued before this time are revoked; undefined if none are. */
function endOf(
  { sub, issuedBefore, subIssuedBefore }: IssuerRevocations,
  subject: string,
): number | undefined {
  if (sub.has(subject)) return EVER;
  const own = subIssuedBefore.get(subject);
  return later(own, issuedBefore) ? own : issuedBefore;
}

const later = (time: number | undefined, than: number | undefined): time is number =>
  time !== undefined && time > (than ?? Number.NEGATIVE_INFINITY);

const listedOr = (values: readonly string[]): string => {
  const text = listed(
    values.map((value) => JSON.stringify(value)),
    20,
  );
  return values.length > 1 ? `one of ${text}` : text;
};

const between = (from: number | undefined, until: number): string =>
  [
    ...(from === undefined ? [] : [`at or after ${time(from)}`]),
    ...(until === EVER ? [] : [`before ${time(until)}`]),
  ].join(' and ');

/** Seconds since the epoch as they are in the parameter, and as people read them. */
const time = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().replace('.000', '')} (${seconds})`;

const entryOf = (effect: Effect, issuer: string, token: string): Entry => ({
  effect,
  requests: [],
  caller: `with a token of the issuer ${nameText(issuer)} ${token}`,
  ...(effect === 'opens'
    ? { now: 'not revoked', was: '401 token_revoked' }
    : { now: '401 token_revoked', was: 'not revoked' }),
  certain: true,
});

/** Issuers whose tokens some route accepts. */
export function acceptedIssuers({ rules }: Side): ReadonlySet<string> {
  const providers = new Set<Provider>(
    rules.filter(({ route }) => letsThrough(route)).flatMap(({ route }) => [...route.providers]),
  );
  return new Set([...providers].flatMap(issuersOf));
}
