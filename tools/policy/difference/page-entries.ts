import type { Pages, Resource } from '../../../lambda/core/resources/resource.ts';
import { listed } from '../../explain/format.ts';
import type { Cell } from './cells.ts';
import { type Effect, type Entry, everywhere } from './entry.ts';
import type { Side } from './side.ts';
import type { SideRule } from './side-rule.ts';

/** Pages that may call now and must not otherwise; undefined pages are any. */
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

/** The same for MCP messages to paths of no resource. Where no route has `mcp`, nobody asks for the page. */
export const mcpPageEntries = (before: Side, after: Side): Entry[] =>
  pageEntries(mcpPagesOf(before), mcpPagesOf(after), 'with an MCP message to a path of no resource, ');

/**
 * The same for paths of no resource that MCP routes come to or leave, where there are some on both sides. A cell of POSTs without a clear
 * message tells: these get no further than the first MCP route of their path.
 */
export function movedPageEntries(before: Side, after: Side, cells: readonly Cell[]): Entry[] {
  if (!before.config.hasMcp || !after.config.hasMcp) return [];
  const of = ({ refuses }: SideRule, { config: { mcpPages } }: Side) =>
    refuses === 'unclear' ? { pages: mcpPages } : undefined;
  return cells.flatMap((cell) => {
    const [was, now] = [of(cell.before, before), of(cell.after, after)];
    if ((was === undefined) === (now === undefined)) return [];
    return pageEntries(was?.pages, now?.pages, 'to a path of no resource, ').map((entry) => ({
      ...entry,
      requests: [`POST ${cell.paths}`],
    }));
  });
}

/** The same for MCP messages to paths that are of a resource on one side only. */
export function messageEntries(
  was: Resource | undefined,
  now: Resource | undefined,
  [before, after]: readonly [Side, Side],
): Entry[] {
  if ((was === undefined) === (now === undefined)) return [];
  if (!before.config.hasMcp && !after.config.hasMcp) return [];
  const pagesOf = (resource: Resource | undefined, side: Side) =>
    resource === undefined ? mcpPagesOf(side) : resource.allowedOrigins;
  return pageEntries(pagesOf(was, before), pagesOf(now, after), 'with an MCP message, ');
}

const mcpPagesOf = ({ config: { hasMcp, mcpPages } }: Side): Pages | undefined =>
  hasMcp ? mcpPages : undefined;

const [PASSED, REFUSED] = ['not refused for that', '403 origin_not_allowed'];

function pagesOnlyIn(some: Pages | undefined, others: Pages | undefined): string | undefined {
  if (others === undefined) return undefined;
  if (some === undefined) {
    const { size } = others.origins;
    return size === 0 ? 'any page' : `pages of any origin but ${listed([...others.origins].sort())}`;
  }
  const more = [...some.origins].filter((origin) => !others.origins.has(origin)).sort();
  return more.length === 0 ? undefined : `pages of ${listed(more)}`;
}
