import type { Resource } from '../../../lambda/core/resources/resource.ts';
import type { RouteRule } from '../../../lambda/core/routes/match.ts';
import { listed } from '../../explain/format.ts';
import { type Effect, type Entry, everywhere } from './entry.ts';
import { changeOf } from './forward-changes.ts';
import { patternOf } from './request-names.ts';
import { isCovered, matchKey, type RulePair, rulePairs } from './rule-pairs.ts';
import { resourceRules } from './resource-rules.ts';
import type { Side } from './side.ts';
import type { World } from './world.ts';

/** What resources change for the requests that are to them, whichever route these take. */
export function resourceEntries({ before, after }: World): Entry[] {
  if ([before, after].every(({ resources }) => resources.rules.length === 0)) return [];
  const [was, now] = [resourceRules(before), resourceRules(after)];
  return rulePairs(was, now)
    .filter((pair) => matchKey(pair.before) === matchKey(pair.after) || !isCovered(pair, was, now))
    .flatMap((pair) =>
      entriesOf(pair, resourceOf(pair.before, before), resourceOf(pair.after, after), scopes),
    );

  function scopes(): readonly string[] {
    const routes = [before, after].flatMap(({ rules }) => rules.map(({ route }) => route.scopes));
    return [...new Set(routes.flatMap((asked) => ('all' in asked ? asked.all : asked.any)))].sort();
  }
}

const resourceOf = (rule: RouteRule, { resources }: Side): Resource | undefined =>
  resources.rules[rule.index]?.resource;

function entriesOf(
  pair: RulePair,
  was: Resource | undefined,
  now: Resource | undefined,
  scopes: () => readonly string[],
): Entry[] {
  const requests = [`any method ${patternOf(pair)}`];
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
    ...originEntries(was, now).map((entry) => ({ ...entry, requests })),
    ...answered.map(
      (change): Entry => ({
        ...everywhere('answers'),
        requests,
        caller: 'that is refused for its token',
        ...change,
      }),
    ),
  ];
}

function askedText(scope: string, resource: Resource | undefined): string {
  const asked = resource?.advertised([scope]).join(' ') ?? '';
  return `told to ask for ${asked === '' ? 'no scope' : `the scope ${asked}`} where the route asks for ${scope}`;
}

/** Pages that may call now and must not otherwise. */
function originEntries(was: Resource | undefined, now: Resource | undefined): Entry[] {
  const entry = (effect: Effect, pages: string | undefined): Entry[] =>
    pages === undefined
      ? []
      : [
          {
            ...everywhere(effect),
            caller: `from ${pages}`,
            ...(effect === 'opens' ? { now: PASSED, was: REFUSED } : { now: REFUSED, was: PASSED }),
          },
        ];
  const [before, after] = [was?.allowedOrigins, now?.allowedOrigins];
  return [...entry('opens', pagesOnlyIn(after, before)), ...entry('closes', pagesOnlyIn(before, after))];
}

const [PASSED, REFUSED] = ['not refused for that', '403 origin_not_allowed'];

/** Undefined origins are any. */
function pagesOnlyIn(
  some: ReadonlySet<string> | undefined,
  others: ReadonlySet<string> | undefined,
): string | undefined {
  if (others === undefined) return undefined;
  if (some === undefined) {
    return others.size === 0 ? 'any page' : `pages of any origin but ${listed([...others].sort())}`;
  }
  const more = [...some].filter((origin) => !others.has(origin)).sort();
  return more.length === 0 ? undefined : `pages of ${listed(more)}`;
}
