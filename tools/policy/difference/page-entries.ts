import type { Pages, Resource } from '../../../lambda/core/resources/resource.ts';
import { listed } from '../../explain/format.ts';
import type { Cell } from './cells.ts';
import { type Effect, type Entry, everywhere } from './entry.ts';
import { resourceRules } from './resource-rules.ts';
import { letsThrough } from './route-widening.ts';
import { methodsMeet, rulesMeet } from './rule-pairs.ts';
import type { Side } from './side.ts';
import { isFallback, isMcp, type SideRule } from './side-rule.ts';

/** Pages that may newly call, and pages that no longer may. Undefined stands for any page. */
export function pageEntries(was: Pages | undefined, now: Pages | undefined, what = ''): Entry[] {
  const entry = (effect: Effect, pages: string | undefined): Entry[] =>
    pages === undefined
      ? []
      : [
          {
            ...everywhere(effect),
            caller: `${what}from ${pages}`,
            ...(effect === 'opens' ? { now: PASSED, was: REFUSED } : { now: REFUSED, was: PASSED }),
          },
        ];
  return [...entry('opens', pagesOnlyIn(now, was)), ...entry('closes', pagesOnlyIn(was, now))];
}

/** The same for MCP messages to paths outside every resource. If no route has `mcp`, pages are not checked. */
export const mcpPageEntries = (before: Side, after: Side): Entry[] =>
  pageEntries(
    mcpPagesOf(before),
    mcpPagesOf(after),
    'with an MCP message to a path outside every resource, ',
  );

/**
 * The same for paths that gain or lose their MCP routes, if both sides have MCP routes. Cells of POSTs without a clear message
 * show it: those get no further than the first MCP route of their path.
 */
export function movedPageEntries(before: Side, after: Side, cells: readonly Cell[]): Entry[] {
  if (!before.config.hasMcp || !after.config.hasMcp) return [];
  const takesMessages = ({ refuses }: SideRule) => refuses === 'unclear';
  const moved = cells.filter((cell) => takesMessages(cell.before) !== takesMessages(cell.after));
  const places = [
    { name: 'outside every resource', was: outsideOf(before), now: outsideOf(after) },
    ...resourcesOf(before).flatMap((was) => {
      const now = resourcesOf(after).find(({ path }) => path === was.path);
      return now === undefined ? [] : [{ name: `of the resource ${was.path}`, was, now }];
    }),
  ];
  const pagesOf = (rule: SideRule, { allowedOrigins, mcpPages }: Place) =>
    takesMessages(rule) ? mcpPages : allowedOrigins;
  return moved.flatMap((cell) =>
    places.flatMap(({ name, was, now }) =>
      pageEntries(pagesOf(cell.before, was), pagesOf(cell.after, now), `to a path ${name}, `).map(
        (entry) => ({ ...entry, requests: [`POST ${cell.paths}`] }),
      ),
    ),
  );
}

/** The same for rules that become report-only, or no longer are. A dry run lets all pages through. */
export function reportedPageEntries(before: Side, after: Side, cells: readonly Cell[]): Entry[] {
  const changed = cells.filter(
    ({ before: one, after: other }) =>
      one.route.reportOnly !== other.route.reportOnly && letsThrough(one.route) && letsThrough(other.route),
  );
  return changed.flatMap((cell) => {
    const isNew = cell.after.route.reportOnly;
    const [side, rule] = isNew ? [before, cell.before] : [after, cell.after];
    const own = resourceRules(side).rules.filter((one) => !isFallback(one) && rulesMeet(one, rule));
    const places = [
      { name: 'outside every resource', place: outsideOf(side) },
      ...own.map(({ index, route }) => ({
        name: `of the resource ${route.path}`,
        place: side.resources.rules[index]?.resource ?? outsideOf(side),
      })),
    ];
    const isOfMessages = side.rules.some(
      (one) => isMcp(one) && methodsMeet(one, rule) && rulesMeet(one, rule),
    );
    const entriesFor = (pages: Pages | undefined, what: string) => {
      const [was, now] = isNew ? [pages, undefined] : [undefined, pages];
      return pageEntries(was, now, what).map((entry) => ({ ...entry, requests: [cell.requests] }));
    };
    return places.flatMap(({ name, place }) => [
      ...(isMcp(rule) ? [] : entriesFor(place.allowedOrigins, `to a path ${name}, `)),
      ...(isOfMessages ? entriesFor(place.mcpPages, `with an MCP message to a path ${name}, `) : []),
    ]);
  });
}

/** The same for MCP messages to paths that belong to a resource on one side or both. */
export function messageEntries(
  was: Resource | undefined,
  now: Resource | undefined,
  [before, after]: readonly [Side, Side],
): Entry[] {
  if (was === undefined && now === undefined) return [];
  if (!before.config.hasMcp && !after.config.hasMcp) return [];
  const [old, other] = [placeOf(was, before), placeOf(now, after)];
  const pages = [pagesOfMessages(old, before), pagesOfMessages(other, after)] as const;
  const isAsOthers = pages[0] === old.allowedOrigins && pages[1] === other.allowedOrigins;
  return isAsOthers ? [] : pageEntries(...pages, 'with an MCP message, ');
}

/** Which pages may call some paths, and which may send MCP messages there. */
type Place = Pick<Resource, 'allowedOrigins' | 'mcpPages'>;

const placeOf = (resource: Resource | undefined, side: Side): Place => resource ?? outsideOf(side);

const outsideOf = ({ config: { mcpPages } }: Side): Place => ({ allowedOrigins: undefined, mcpPages });

const resourcesOf = ({ resources }: Side): readonly Resource[] =>
  resources.rules.map(({ resource }) => resource);

const pagesOfMessages = ({ allowedOrigins, mcpPages }: Place, { config }: Side): Pages | undefined =>
  config.hasMcp ? mcpPages : allowedOrigins;

const mcpPagesOf = (side: Side): Pages | undefined => pagesOfMessages(outsideOf(side), side);

const [PASSED, REFUSED] = ['not rejected for its origin', '403 origin_not_allowed'];

function pagesOnlyIn(some: Pages | undefined, others: Pages | undefined): string | undefined {
  if (others === undefined) return undefined;
  if (some === undefined) {
    const { size } = others.origins;
    return size === 0 ? 'any page' : `pages of any origin but ${listed([...others.origins].sort())}`;
  }
  const more = [...some.origins].filter((origin) => !others.origins.has(origin)).sort();
  return more.length === 0 ? undefined : `pages of ${listed(more)}`;
}
