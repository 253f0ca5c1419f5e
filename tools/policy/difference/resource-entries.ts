import type { Resource } from '../../../lambda/core/resources/resource.ts';
import type { RouteRule } from '../../../lambda/core/routes/match.ts';
import { type Entry, everywhere } from './entry.ts';
import { changeOf } from './forward-changes.ts';
import { messageEntries, pageEntries } from './page-entries.ts';
import { patternOf } from './request-names.ts';
import { resourceRules } from './resource-rules.ts';
import { isCovered, matchKey, rulePairs } from './rule-pairs.ts';
import type { Side } from './side.ts';
import type { World } from './world.ts';

/** What a change of resources means for requests to them, whichever route those take. */
export function resourceEntries({ before, after }: World): Entry[] {
  if ([before, after].every(({ resources }) => resources.rules.length === 0)) return [];
  const [was, now] = [resourceRules(before), resourceRules(after)];
  return rulePairs(was, now)
    .filter((pair) => matchKey(pair.before) === matchKey(pair.after) || !isCovered(pair, was, now))
    .flatMap((pair) => {
      const [old, other] = [resourceOf(pair.before, before), resourceOf(pair.after, after)];
      const requests = [`any method ${patternOf(pair)}`];
      return [...messageEntries(old, other, [before, after]), ...entriesOf(old, other, scopes)].map(
        (entry) => ({ ...entry, requests }),
      );
    });

  function scopes(): readonly string[] {
    const routes = [before, after].flatMap(({ rules }) => rules.map(({ route }) => route.scopes));
    return [...new Set(routes.flatMap((asked) => ('all' in asked ? asked.all : asked.any)))].sort();
  }
}

const resourceOf = (rule: RouteRule, { resources }: Side): Resource | undefined =>
  resources.rules[rule.index]?.resource;

function entriesOf(
  was: Resource | undefined,
  now: Resource | undefined,
  scopes: () => readonly string[],
): Entry[] {
  const answered = [
    ...changeOf(was, now, (resource) =>
      resource === undefined
        ? 'challenged without resource_metadata and the scopes to ask for'
        : `challenged with resource_metadata="${resource.metadataUrl}"`,
    ),
    ...(was === undefined || now === undefined ? [] : scopes()).flatMap((scope) =>
      changeOf(was, now, (resource) => askedText(scope, resource)),
    ),
  ];
  return [
    ...pageEntries(was?.allowedOrigins, now?.allowedOrigins),
    ...answered.map(
      (change): Entry => ({
        ...everywhere('answers'),
        caller: 'that is rejected because of its token',
        ...change,
      }),
    ),
  ];
}

function askedText(scope: string, resource: Resource | undefined): string {
  const asked = resource?.advertised([scope]).join(' ') ?? '';
  return `told to ask for ${asked === '' ? 'no scope' : `the scope ${asked}`} where the route asks for ${scope}`;
}
