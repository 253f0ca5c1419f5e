import { pathFault, readingFault } from '../paths/fault.ts';
import { visitReadings } from '../paths/readings.ts';
import { spell } from '../paths/spelling.ts';
import type { Step, StepName } from '../paths/steps.ts';
import type { Patterns } from '../routes/match.ts';
import { type Parsed, parsed, problem } from './parsed.ts';

/** Steps that leave a pattern's meaning the same: a route is matched by all of these readings. */
const OWN_STEPS: readonly StepName[] = ['decode', 'raw', 'keepSlash', 'fold'];

/**
 * The patterns that a route's path stands for, or why no request could ever match the route. A path is read in the same
 * ways as its pattern, so a pattern that a step changes into another would match only rejected paths. `remedy` is what
 * to do about that.
 */
export function routePatterns(
  path: string,
  steps: readonly Step[],
  remedy = 'write ? in its place',
): Parsed<Patterns> {
  const named = path.replace(/\*+/g, '*');
  if (PLAIN.test(named)) {
    return parsed({
      named,
      exact: [named],
      folded: steps.some(({ name }) => name === 'fold') ? [named] : [],
    });
  }
  const fault = pathFault(named.replace(/[*?]/g, 'x'));
  if (fault !== undefined) return problem(`${fault}, so it matches no request`);

  const shielded = shield(named);
  const own = steps.filter(({ name }) => OWN_STEPS.includes(name));
  // If the pattern names a suffix, it is not removed from paths.
  const others = steps.filter(({ name }) => !OWN_STEPS.includes(name) && name !== 'suffix');
  const exact: string[] = [];
  const folded: string[] = [];
  const wrong = visitReadings(shielded, own, (reading) => {
    const unreadable = readingFault(reading.text);
    if (unreadable !== undefined) return `${unreadable}, so every path it matches is rejected`;
    const other = others.find(({ read }) => read(reading.text) !== reading.text);
    if (other !== undefined) return GREEDY.test(named) ? NO_NAMES : ambiguity(other.name, remedy);
    if (wildcardsOf(reading.text) !== wildcardsOf(shielded)) {
      return 'has an escaped wildcard: only ? can match that character';
    }
    (reading.folded ? folded : exact).push(unshield(reading.text));
    return undefined;
  });
  if (wrong === 'too-many') return problem('is escaped too many times');
  if (wrong !== undefined) return problem(wrong);
  return parsed({ named: spell(named), exact, folded });
}

/** No step changes these, and most patterns are of this kind. */
const PLAIN = /^(?:\/[a-z0-9_*?-]+)+$/;

/** API Gateway's syntax for the rest of a path. */
const GREEDY = /\{[^}]*\+\}/;
const NO_NAMES = 'has a name in braces, which means nothing here: write * in its place';

const ambiguity = (step: StepName, remedy: string): string =>
  `contains a character that some servers read differently ("${step}"), so every path it matches is rejected: ` +
  `${remedy}, or leave "${step}" out of paths.readings if nothing behind the function does it`;

/** Replaces wildcards by characters that no step changes. */
const shield = (pattern: string): string => pattern.replaceAll('*', '\ue000').replaceAll('?', '\ue001');
const unshield = (text: string): string => text.replaceAll('\ue000', '*').replaceAll('\ue001', '?');
const wildcardsOf = (text: string): string => text.replace(/[^*?\ue000\ue001]+/g, '');
