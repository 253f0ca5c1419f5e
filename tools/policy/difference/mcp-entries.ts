import { METHODS, type NamingMember } from '../../../lambda/core/mcp/mcp-message.ts';
import { spell } from '../../../lambda/core/paths/spelling.ts';
import type { Cell } from './cells.ts';
import { type Entry, possibly } from './entry.ts';
import { letsThrough } from './route-widening.ts';
import { coversPaths, FOR_GET, FOR_POST, messagesOnly, methodsMeet, rulesMeet } from './rule-pairs.ts';
import type { Side } from './side.ts';
import { isMcp, isWritten, type SideRule } from './side-rule.ts';
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
const rejectsStreams = ({ refuses, route }: SideRule): boolean => refuses === 'unclear' && !route.reportOnly;

function openedStreams(after: Side, cells: readonly Cell[]): Entry[] {
  return cells
    .filter(({ before: one, after: other }) => rejectsStreams(one) && !rejectsStreams(other))
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
 * spelling is rejected if any route has a name. Only the routes that a message decides between count, which end at the first one
 * without `mcp`.
 */
function openedUris(before: Side, after: Side): Entry[] {
  if (!after.rules.some(({ route }) => letsThrough(route))) return [];
  const [had, has] = [before, after].map(({ rules }) =>
    rules.filter((rule) => isWritten(rule) && methodsMeet(rule, FOR_POST)),
  ) as [SideRule[], SideRule[]];
  const keys = { had: had.map(messagesOnly), has: has.map(messagesOnly) };
  const opened = had.filter((rule, index) => {
    if (!rejectsUris(rule)) return false;
    const earlier = new Set(keys.had.slice(0, index));
    // Rules that now come first on some of its paths, and did not before.
    const isAhead = (other: SideRule, at: number) =>
      !earlier.has(keys.has[at] ?? '') && rulesMeet(other, rule);
    const isCutOff = (place: number) =>
      has.slice(0, place).some((other, at) => !isMcp(other) && isAhead(other, at));
    const isKept = has.some(
      (other, place) => rejectsUris(other) && coversPaths(other, rule) && !isCutOff(place),
    );
    if (!canBeOfUri(rule)) return !isKept;
    const place = keys.has.indexOf(messagesOnly(rule));
    return !isKept || place === -1 || has.slice(0, place).some(isAhead);
  });
  return [...new Set(opened.map(({ route }) => route.path))].map((path) =>
    possibly('opens', [`a URI spelled differently at POST ${path}`], ''),
  );
}

/** Whether messages to its paths are rejected for the spelling of a URI. */
const rejectsUris = ({ route: { mcp, reportOnly } }: SideRule): boolean =>
  mcp?.name !== undefined && !reportOnly;

function canBeOfUri({ route: { mcp } }: SideRule): boolean {
  const method = mcp?.method ?? '*';
  const naming: NamingMember | undefined = METHODS.get(method);
  return !METHODS.has(method) || naming === 'uri';
}
