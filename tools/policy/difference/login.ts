import type { ClaimRules } from '../../../lambda/core/claim-rules.ts';
import type { Route } from '../../../lambda/core/routes/route.ts';
import { isSubset } from './implications.ts';

type Level = Route['authentication'];

/** What a route asks of `acr`, as a rule for a claim. */
export const acrRules = (level: Level): ClaimRules =>
  level === undefined || level.acr.length === 0 ? [] : [['acr', { anyOf: level.acr }]];

/** How old a login may be, in seconds; infinite where its age does not count. */
export const oldestLogin = (level: Level): number => level?.maxAgeSeconds ?? Number.POSITIVE_INFINITY;

/** What differs between two levels so that the second takes logins that the first may not. */
export const loginWidening = (before: Level, after: Level): [string, boolean][] => [
  ['acr', !isAcrWithin(after?.acr ?? [], before?.acr ?? [])],
  ['maxAuthAgeSeconds', oldestLogin(after) > oldestLogin(before)],
];

/** No values are any. */
const isAcrWithin = (some: readonly string[], others: readonly string[]): boolean =>
  others.length === 0 || (some.length > 0 && isSubset(some, others));
