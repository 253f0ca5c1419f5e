import type { Problem } from '../../../lambda/core/config/problems.ts';
import { safeLine } from '../../harmless.ts';
import type { Look, Paint } from '../../terminal-colors.ts';
import { type Difference, isSame } from './difference.ts';
import { EFFECTS, type Effect, type Entry } from './entry.ts';

/** Maximum number of entries per section, requests per entry, and other lines that a person is shown. JSON has them all. */
const MAX_ENTRIES = 25;
const MAX_REQUESTS = 8;
const MAX_LINES = 40;

const SECTIONS = {
  opens: { title: 'Now passes, and did not before', sign: '+', look: 'good' },
  closes: { title: 'No longer passes', sign: '-', look: 'bad' },
  answers: { title: 'Still rejected, but differently', sign: '~', look: 'note' },
  forwards: { title: 'Still passes, but differently', sign: '~', look: 'note' },
} as const satisfies Record<Effect, { title: string; sign: string; look: Look }>;

/** The difference for a person, as lines without line breaks. Text that others wrote is made harmless to a terminal. */
export function differenceLines(difference: Difference, paint: Paint): string[] {
  const strong = (text: string) => paint('strong', text);
  switch (difference.kind) {
    case 'invalid':
      return [
        strong('Not valid, so it would not come into force:'),
        ...shortened(problemLines(difference.problems)).map((line) => paint('bad', safeLine(line))),
      ];
    case 'first':
      return [
        strong('The current configuration is not valid, so there is nothing to compare with:'),
        ...shortened(problemLines(difference.problems)).map((line) => paint('dim', safeLine(line))),
        strong('What would be let through:'),
        ...shortened(difference.account.map((line) => `  ${line}`)).map(safeLine),
      ];
    case 'compared': {
      if (isSame(difference)) return ['No difference.'];
      const sections = EFFECTS.flatMap((effect) => {
        const { title, sign, look } = SECTIONS[effect];
        const entries = difference.entries[effect];
        if (entries.length === 0) return [];
        const told = shownOf(entries.length, MAX_ENTRIES);
        return [
          strong(`${title}:`),
          ...entries.slice(0, told).flatMap((entry) => {
            const [first = '', ...requests] = entryLines(entry).map(safeLine);
            return [paint(look, `${sign} ${first}`), ...requests];
          }),
          ...andMore(entries.length - told),
        ];
      });
      return [
        ...(sections.length === 0 ? ['No request is known to be decided differently.'] : sections),
        strong('Changed:'),
        ...shortened(difference.fields.map((field) => `  ${field}`)).map(safeLine),
      ];
    }
    default:
      return difference satisfies never;
  }
}

/**
 * The difference for programs: `kind` and, for two valid configurations, `same`, all entries by their effect, and the changed
 * `fields`. If an entry has too many requests, `requestsInAll` says how many there are. Print it with `printedJson`, which makes
 * JSON harmless to a terminal.
 */
export function differenceJson(difference: Difference): object {
  if (difference.kind !== 'compared') return difference;
  const { kind, entries, fields } = difference;
  const whole = EFFECTS.map((effect) => [effect, entries[effect].map(cut)]);
  return { kind, same: isSame(difference), ...Object.fromEntries(whole), fields };
}

/** Maximum number of requests per entry in JSON. Two policies with nothing in common have a great many. */
const MAX_JSON_REQUESTS = 2000;

const cut = (entry: Entry): object => {
  const { length } = entry.requests;
  return length > MAX_JSON_REQUESTS
    ? { ...entry, requests: entry.requests.slice(0, MAX_JSON_REQUESTS), requestsInAll: length }
    : entry;
};

const problemLines = (problems: readonly Problem[]): string[] =>
  problems.map(({ parameter, message }) => `  ${parameter}: ${message}`);

function shortened(lines: readonly string[], max = MAX_LINES): readonly string[] {
  const told = shownOf(lines.length, max);
  return [...lines.slice(0, told), ...andMore(lines.length - told, lines.length)];
}

/** How many are shown. If only one more remains, it is shown instead of a line about it. */
const shownOf = (count: number, max: number): number => (count === max + 1 ? count : Math.min(count, max));

const andMore = (count: number, ofAll = 0): string[] =>
  count > 0 ? [`  … and ${count} more${ofAll > MAX_JSON_REQUESTS ? '' : '; --json has them all'}`] : [];

/** An entry as one sentence: which requests, from whom, what happens to them now, and what happened before. */
export function entryLines({ requests, caller, now, was, certain, example }: Entry): string[] {
  const [only, ...others] = requests;
  const isOne = only !== undefined && others.length === 0;
  const about = [isOne ? only : others.length === 0 ? 'any request' : 'these', caller];
  const such = example === undefined ? '' : ` (for example ${example})`;
  const sentence = `${about.filter((part) => part !== '').join('  ')}: ${certain ? '' : 'possibly '}${now}; was ${was}${such}`;
  if (isOne) return [sentence];
  return [sentence, ...shortened(requests, MAX_REQUESTS).map((request) => `    ${request.trimStart()}`)];
}
