import type { ClaimRules } from '../../../lambda/core/claim-rules.ts';
import type { Route } from '../../../lambda/core/routes/route.ts';
import { isSubset } from './implications.ts';

type Level = Route['authentication'];

/** What a route requires of `acr`, as a claim rule. */
export const acrRules = (level: Level): ClaimRules =>
  level === undefined || level.acr.length === 0 ? [] : [['acr', { anyOf: level.acr }]];

/** How old a login may be, in seconds; infinite if its age does not matter. */
export const oldestLogin = (level: Level): number => level?.maxAgeSeconds ?? Number.POSITIVE_INFINITY;

/** The differences that may let the second level accept logins that the first does not. */
export const loginWidening = (before: Level, after: Level): [string, boolean][] => [
  ['acr', !isAcrWithin(after?.acr ?? [], before?.acr ?? [])],
  ['maxAuthAgeSeconds', oldestLogin(after) > oldestLogin(before)],
];

/** An empty list accepts any value. */
const isAcrWithin = (some: readonly string[], others: readonly string[]): boolean =>
  others.length === 0 || (some.length > 0 && isSubset(some, others));
