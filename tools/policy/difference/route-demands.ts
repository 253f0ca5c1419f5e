import type { ClaimRule, ClaimRules } from '../../../lambda/core/claim-rules.ts';
import type { Route } from '../../../lambda/core/routes/route.ts';
import { listed } from '../../explain/format.ts';
import { acrRules } from './login.ts';
import { nameText } from './name-text.ts';

/** What a route requires of a token, in the words that follow `a token of NAME`; empty if it accepts any. */
export const demandsText = ({
  scopes,
  claims,
  authentication,
}: Pick<Route, 'scopes' | 'claims' | 'authentication'>): string =>
  [
    scopesText(scopes),
    rulesText([...claims, ...acrRules(authentication)]),
    authentication?.maxAgeSeconds === undefined
      ? ''
      : `whose login is at most ${authentication.maxAgeSeconds} s old`,
  ]
    .filter((text) => text !== '')
    .join(' and ');

function scopesText(scopes: Route['scopes']): string {
  if ('any' in scopes) return `with one of the scopes ${scopes.any.join(', ')}`;
  const { all } = scopes;
  return all.length === 0 ? '' : `with the ${all.length === 1 ? 'scope' : 'scopes'} ${listed(all)}`;
}

export const rulesText = (rules: ClaimRules): string =>
  rules.map(([claim, rule]) => `whose ${nameText(claim)} ${ruleText(rule)}`).join(' and ');

function ruleText({ equals, anyOf, allOf, noneOf, contains, exists }: ClaimRule): string {
  const values = (list: readonly unknown[]) => list.map((value) => JSON.stringify(value)).join(', ');
  return [
    ...(equals === undefined ? [] : [`is ${JSON.stringify(equals)}`]),
    ...(anyOf === undefined ? [] : [`is one of ${values(anyOf)}`]),
    ...(allOf === undefined ? [] : [`has all of ${values(allOf)}`]),
    ...(noneOf === undefined ? [] : [`is not one of ${values(noneOf)}`]),
    ...(contains === undefined ? [] : [`contains ${JSON.stringify(contains)}`]),
    ...(exists === undefined ? [] : [exists ? 'is present' : 'is missing']),
  ].join(' and ');
}
