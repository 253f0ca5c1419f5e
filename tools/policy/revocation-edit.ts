import { parseJson } from '../../lambda/core/config/parse-json.ts';
import { compileRevocations } from '../../lambda/core/config/revocations.ts';
import { RevocationsSchema } from '../../lambda/core/config/revocations-schema.ts';
import type { IssuerRevocations, Revocations } from '../../lambda/core/revocations.ts';
import { utc } from '../explain/format.ts';

/** Which tokens of one issuer to revoke or unrevoke. */
export interface Selection {
  readonly issuer: string;
  readonly jti: readonly string[];
  readonly sub: readonly string[];
  readonly clientId: readonly string[];
  /** For the subjects if there are any, otherwise for the whole issuer; seconds since the epoch. */
  readonly issuedBefore: number | undefined;
}

const LISTS = ['jti', 'sub', 'client_id'] as const;

/** The revocations of an issuer that has no entry. */
export const NOTHING: IssuerRevocations = {
  jti: new Set(),
  sub: new Set(),
  client_id: new Set(),
  issuedBefore: undefined,
  subIssuedBefore: new Map(),
};

/** The revocations in a parameter's value, or what is wrong with it. */
export function readRevocations(
  value: string,
): { readonly value: Revocations } | { readonly problems: readonly string[] } {
  const parsed = parseJson(RevocationsSchema, value.trim());
  return 'value' in parsed ? { value: compileRevocations(parsed.value) } : parsed;
}

/** The parameter's value for some revocations, without empty members. */
export function revocationsText(revocations: Revocations): string {
  const issuers = [...revocations].map(([issuer, revoked]) => [issuer, documentOf(revoked)] as const);
  return JSON.stringify(Object.fromEntries(issuers.filter(([, one]) => Object.keys(one).length > 0)));
}

function documentOf(revoked: IssuerRevocations): object {
  const { issuedBefore, subIssuedBefore } = revoked;
  return {
    ...Object.fromEntries(
      LISTS.flatMap((list) => (revoked[list].size === 0 ? [] : [[list, [...revoked[list]]]])),
    ),
    ...(issuedBefore !== undefined && { issuedBefore }),
    ...(subIssuedBefore.size > 0 && { subIssuedBefore: Object.fromEntries(subIssuedBefore) }),
  };
}

/** A selection as revocations. */
export function selected({ issuer, jti, sub, clientId, issuedBefore }: Selection): Revocations {
  const bySubject = issuedBefore !== undefined && sub.length > 0;
  const revoked: IssuerRevocations = {
    jti: new Set(jti),
    sub: new Set(bySubject ? [] : sub),
    client_id: new Set(clientId),
    issuedBefore: bySubject ? undefined : issuedBefore,
    subIssuedBefore: new Map(bySubject ? sub.map((one) => [one, issuedBefore]) : []),
  };
  return new Map([[issuer, revoked]]);
}

/** Everything that either of the two revokes. */
export const union = (one: Revocations, other: Revocations): Revocations =>
  eachIssuer(one, other, (a, b) => ({
    jti: new Set([...a.jti, ...b.jti]),
    sub: new Set([...a.sub, ...b.sub]),
    client_id: new Set([...a.client_id, ...b.client_id]),
    issuedBefore: later(a.issuedBefore, b.issuedBefore),
    subIssuedBefore: new Map(
      [...new Set([...a.subIssuedBefore.keys(), ...b.subIssuedBefore.keys()])].map((sub) => [
        sub,
        later(a.subIssuedBefore.get(sub), b.subIssuedBefore.get(sub)) ?? 0,
      ]),
    ),
  }));

/** Entries of the first that the second does not have. A time is removed only by exactly the same time. */
export const without = (one: Revocations, other: Revocations): Revocations =>
  eachIssuer(one, other, (a, b) => ({
    jti: minus(a.jti, b.jti),
    sub: minus(a.sub, b.sub),
    client_id: minus(a.client_id, b.client_id),
    issuedBefore: a.issuedBefore === b.issuedBefore ? undefined : a.issuedBefore,
    subIssuedBefore: new Map([...a.subIssuedBefore].filter(([sub, at]) => b.subIssuedBefore.get(sub) !== at)),
  }));

/** The revocations that also cover the tokens that `named` names: by subject, or by the time of issue. */
export const alsoCovering = (revocations: Revocations, named: Revocations): Revocations =>
  new Map(
    [...named].flatMap(([issuer, { sub, subIssuedBefore }]) => {
      const one = revocations.get(issuer);
      if (one === undefined) return [];
      const subjects = new Set([...sub, ...subIssuedBefore.keys()]);
      return [
        [
          issuer,
          {
            ...NOTHING,
            sub: new Set([...one.sub].filter((each) => subjects.has(each))),
            issuedBefore: one.issuedBefore,
            subIssuedBefore: new Map([...one.subIssuedBefore].filter(([each]) => subjects.has(each))),
          },
        ],
      ] as const;
    }),
  );

function eachIssuer(
  one: Revocations,
  other: Revocations,
  combine: (a: IssuerRevocations, b: IssuerRevocations) => IssuerRevocations,
): Revocations {
  const issuers = [...new Set([...one.keys(), ...other.keys()])];
  return new Map(
    issuers.map((issuer) => [issuer, combine(one.get(issuer) ?? NOTHING, other.get(issuer) ?? NOTHING)]),
  );
}

const minus = (one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...one].filter((value) => !other.has(value)));

const later = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);

export const isEmpty = (revocations: Revocations): boolean => revocationsText(revocations) === '{}';

export const isSame = (one: Revocations, other: Revocations): boolean =>
  isEmpty(without(one, other)) && isEmpty(without(other, one));

/** One line for each entry. */
export const revocationLines = (revocations: Revocations): string[] =>
  [...revocations].flatMap(([issuer, revoked]) => [
    ...LISTS.flatMap((list) => [...revoked[list]].map((value) => `${issuer}: ${list} ${value}`)),
    ...(revoked.issuedBefore === undefined
      ? []
      : [`${issuer}: all tokens issued before ${whenOf(revoked.issuedBefore)}, or without "iat"`]),
    ...[...revoked.subIssuedBefore].map(
      ([sub, at]) => `${issuer}: tokens of sub ${sub} issued before ${whenOf(at)}, or without "iat"`,
    ),
  ]);

const whenOf = (seconds: number): string => `${seconds} (${utc(seconds)})`;
