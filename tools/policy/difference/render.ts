import type { Problem } from '../../../lambda/core/config/problems.ts';
import { harmlessLine, withoutTokens } from '../../harmless.ts';
import type { Look, Paint } from '../../terminal-colors.ts';
import { type Difference, isSame } from './difference.ts';
import { EFFECTS, type Effect, type Entry } from './entry.ts';

/** Most entries of a section, requests of an entry and other lines that are shown to a person; JSON has them all. */
const MAX_ENTRIES = 25;
const MAX_REQUESTS = 4;
const MAX_LINES = 40;

const SECTIONS = {
  opens: { title: 'Passes now, and did not', sign: '+', look: 'good' },
  closes: { title: 'Passes no longer', sign: '-', look: 'bad' },
  answers: { title: 'Is refused otherwise', sign: '~', look: 'note' },
  forwards: { title: 'Goes on otherwise', sign: '~', look: 'note' },
} as const satisfies Record<Effect, { title: string; sign: string; look: Look }>;

/** The difference for a person, in lines without end of line. What others wrote in it is harmless to a terminal. */
export function differenceLines(difference: Difference, paint: Paint): string[] {
  const safe = (text: string) => withoutTokens(harmlessLine(text));
  const strong = (text: string) => paint('strong', text);
  switch (difference.kind) {
    case 'invalid':
      return [
        strong('Not valid, so it would not come into force:'),
        ...shortened(problemLines(difference.problems)).map((line) => paint('bad', safe(line))),
      ];
    case 'first':
      return [
        strong('What it would replace is not valid, so there is nothing to compare with:'),
        ...shortened(problemLines(difference.problems)).map((line) => paint('dim', safe(line))),
        strong('What would be let through:'),
        ...shortened(difference.account.map((line) => `  ${line}`)).map(safe),
      ];
    case 'compared': {
      if (isSame(difference)) return ['No difference.'];
      const sections = EFFECTS.flatMap((effect) => {
        const { title, sign, look } = SECTIONS[effect];
        const lines = difference.entries[effect].map((entry) => `${sign} ${entryText(entry)}`);
        return lines.length === 0
          ? []
          : [strong(`${title}:`), ...shortened(lines, MAX_ENTRIES).map((line) => paint(look, safe(line)))];
      });
      return [
        ...(sections.length === 0 ? ['No request is known to be decided otherwise.'] : sections),
        strong('Changed:'),
        ...shortened(difference.fields.map((field) => `  ${field}`)).map(safe),
      ];
    }
    default:
      return difference satisfies never;
  }
}

/**
 * The difference for programs, complete: `kind`, and of two valid configurations `same`, the entries by their effect, and
 * the changed `fields`. Print it with what makes JSON harmless to a terminal.
 */
export function differenceJson(difference: Difference): object {
  if (difference.kind !== 'compared') return difference;
  const { kind, entries, fields } = difference;
  return { kind, same: isSame(difference), ...entries, fields };
}

const problemLines = (problems: readonly Problem[]): string[] =>
  problems.map(({ parameter, message }) => `  ${parameter}: ${message}`);

function shortened(lines: readonly string[], max = MAX_LINES): readonly string[] {
  const more = lines.length - max;
  return more > 0 ? [...lines.slice(0, max), `  … and ${more} more; --json has them all`] : lines;
}

/** An entry as one sentence: which requests, of whom, what becomes of them and what became of them before. */
export function entryText({ requests, caller, now, was, certain, example }: Entry): string {
  const more = requests.length - MAX_REQUESTS;
  const named = [...requests.slice(0, MAX_REQUESTS), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  const about = [named === '' ? 'all requests' : named, caller].filter((part) => part !== '').join('  ');
  const such = example === undefined ? '' : ` (such as ${example})`;
  return `${about}: ${certain ? '' : 'maybe '}${now}; was ${was}${such}`;
}
