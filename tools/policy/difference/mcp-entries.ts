import { METHODS, type NamingMember } from '../../../lambda/core/mcp/mcp-message.ts';
import { spell } from '../../../lambda/core/paths/spelling.ts';
import type { Cell } from './cells.ts';
import { type Entry, possibly } from './entry.ts';
import { letsThrough } from './route-widening.ts';
import { messagesOnly, methodsMeet, patternsKey, rulesMeet } from './rule-pairs.ts';
import type { Side } from './side.ts';
import type { SideRule } from './side-rule.ts';
import { STREAM_REQUEST } from './witness-messages.ts';

/** What MCP routes decide besides the messages that they name: event streams and spellings of URIs. */
export function mcpEntries(before: Side, after: Side, cells: readonly Cell[]): Entry[] {
  const turned = cells.map((cell): Cell => ({ ...cell, before: cell.after, after: cell.before }));
  const opened = [...openedStreams(after, cells), ...openedUris(before, after)];
  const closed = [...openedStreams(before, turned), ...openedUris(after, before)];
  return [
    ...opened,
    ...closed.map(({ now, was, ...entry }): Entry => ({ ...entry, effect: 'closes', now: was, was: now })),
  ];
}

/** A GET that accepts an event stream falls to the MCP routes of its path, unless they only report. */
const refusesStreams = ({ refuses, route }: SideRule): boolean => refuses === 'unclear' && !route.reportOnly;

const FOR_GET = { methods: new Set(['GET']) };

function openedStreams(after: Side, cells: readonly Cell[]): Entry[] {
  return cells
    .filter(({ before: one, after: other }) => refusesStreams(one) && !refusesStreams(other))
    .flatMap(({ before: rule, paths, example }) => {
      const own = after.rules.filter(
        (one) => letsThrough(one.route) && methodsMeet(one, FOR_GET) && rulesMeet(one, rule),
      );
      if (own.length === 0) return [];
      const taken = example && after.ruleOf('GET', spell(example.path));
      return [
        {
          effect: 'opens',
          requests: [`${STREAM_REQUEST} at GET ${paths}`],
          caller: '',
          now: 'decided by its route',
          was: '405 method_not_allowed',
          certain: taken !== undefined && letsThrough(taken.route),
        },
      ];
    });
}

/**
 * The URI of a resource is rejected if an earlier route with a name could match another spelling of it. A URI without a clear
 * spelling is rejected if any route has a name.
 */
function openedUris(before: Side, after: Side): Entry[] {
  if (!after.rules.some(({ route }) => letsThrough(route))) return [];
  const [had, has] = [before, after].map(({ rules }) =>
    rules.filter(({ route }) => route.mcp !== undefined),
  ) as [SideRule[], SideRule[]];
  const keys = { had: had.map(messagesOnly), has: has.map(messagesOnly) };
  const opened = had.filter((rule, index) => {
    if (rule.route.mcp?.name === undefined) return false;
    const place = keys.has.indexOf(messagesOnly(rule));
    if (!canBeOfUri(rule)) {
      return (
        place === -1 && !has.some((other) => other.route.mcp?.name !== undefined && rulesMeet(other, rule))
      );
    }
    const earlier = keys.had.slice(0, index);
    return place === -1 || keys.has.slice(0, place).some((key) => !earlier.includes(key));
  });
  const paths = new Map(opened.map((rule) => [patternsKey(rule), rule.route.path]));
  return [...paths.values()].map((path) =>
    possibly('opens', [`a URI spelled differently at POST ${path}`], ''),
  );
}

function canBeOfUri({ route: { mcp } }: SideRule): boolean {
  const method = mcp?.method ?? '*';
  const naming: NamingMember | undefined = METHODS.get(method);
  return !METHODS.has(method) || naming === 'uri';
}
