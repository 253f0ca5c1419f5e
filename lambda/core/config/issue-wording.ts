import type * as v from 'valibot';
import { nearestName } from './nearest-name.ts';

/** A problem found by the schema library. */
export type Issue = v.BaseIssue<unknown>;

/** Whether a member is one that its object does not have. */
export const isUnknownMember = ({ expected }: Issue): boolean => expected === 'never';

/** Whether the problem is the name of a member, not its value. */
const isOfName = ({ path }: Issue): boolean => path?.at(-1)?.origin === 'key';

/** Whether a message is about the name of a member. Recognizes the words that are used here and for duplicates. */
export const isAboutName = (message: string): boolean =>
  /(?:^|: )(?:is not a known field|its name must|appears more than once)/.test(message);

/** The member that an unknown one was most likely meant to be. */
export const meantMember = ({ requirement }: Issue): string | undefined =>
  typeof requirement === 'string' ? requirement : undefined;

/** The problem in words, without repeating any value. */
export function wording(issue: Issue): string {
  const { received, message } = issue;
  if (isUnknownMember(issue)) {
    const meant = meantMember(issue);
    return `is not a known field${meant === undefined ? '' : `; did you mean "${meant}"?`}`;
  }
  if (received === 'undefined') return 'is missing';
  const said = message.startsWith('Invalid ') ? `must ${requirement(issue)}` : message;
  return isOfName(issue) ? `its name ${said}` : said;
}

/** The schema library's requirement in words. */
function requirement({ type, expected, requirement: limit, input }: Issue): string {
  switch (type) {
    case 'min_length':
      return Array.isArray(input) || limit !== 1 ? `have at least ${counted(limit, input)}` : 'not be empty';
    case 'max_length':
      return `have at most ${counted(limit, input)}`;
    default:
      return `be ${KINDS[expected ?? ''] ?? alternatives(expected ?? '', input)}`;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  Array: 'a list',
  Object: 'an object',
  boolean: 'true or false',
  number: 'a number',
  string: 'a string',
};

const counted = (limit: unknown, input: unknown): string =>
  `${limit} ${Array.isArray(input) ? (limit === 1 ? 'entry' : 'entries') : 'characters'}`;

/** Turns `("a" | "b" | "c")` into `"a", "b" or "c"`, with the one that was most likely meant. */
function alternatives(expected: string, input: unknown): string {
  const listed = expected
    .replace(/^\((.*)\)$/, '$1')
    .replaceAll(' | ', ', ')
    .replace(/, ([^,]*)$/, ' or $1');
  const names = [...expected.matchAll(/"([^"]*)"/g)].map(([, name]) => String(name));
  const meant = typeof input === 'string' ? nearestName(input, names) : undefined;
  return meant === undefined ? listed : `${listed}; did you mean "${meant}"?`;
}
