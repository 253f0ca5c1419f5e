import type * as v from 'valibot';
import { nearestName } from './nearest-name.ts';

/** Something that the schema library found. */
export type Issue = v.BaseIssue<unknown>;

/** Whether a member is one that its object does not have. */
export const isUnknownMember = ({ expected }: Issue): boolean => expected === 'never';

/** The member that an unknown one was most likely meant to be. */
export const meantMember = ({ requirement }: Issue): string | undefined =>
  typeof requirement === 'string' ? requirement : undefined;

/** What is wrong, in words that repeat no value. */
export function wording(issue: Issue): string {
  const { received, message } = issue;
  if (isUnknownMember(issue)) {
    const meant = meantMember(issue);
    return `is not a known field${meant === undefined ? '' : `; did you mean "${meant}"?`}`;
  }
  if (received === 'undefined') return 'is missing';
  return message.startsWith('Invalid ') ? `must ${requirement(issue)}` : message;
}

/** What the schema library asks for, in words. */
function requirement({ type, expected, requirement: limit, input }: Issue): string {
  switch (type) {
    case 'integer':
      return 'be a whole number';
    case 'min_value':
      return `be at least ${limit}`;
    case 'max_value':
      return `be at most ${limit}`;
    case 'min_length':
      return Array.isArray(input) || limit !== 1 ? `have at least ${counted(limit, input)}` : 'not be empty';
    case 'max_length':
      return `have at most ${counted(limit, input)}`;
    case 'picklist':
    case 'variant':
    case 'literal':
      return `be ${alternatives(expected ?? '', input)}`;
    default:
      return `be ${KINDS[expected ?? ''] ?? expected}`;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  Array: 'a list',
  Object: 'an object',
  boolean: 'true or false',
  number: 'a number',
  string: 'a text',
};

const counted = (limit: unknown, input: unknown): string =>
  `${limit} ${Array.isArray(input) ? (limit === 1 ? 'entry' : 'entries') : 'characters'}`;

/** `("a" | "b" | "c")` as `"a", "b" or "c"`, and which of them was most likely meant. */
function alternatives(expected: string, input: unknown): string {
  const listed = expected
    .replace(/^\((.*)\)$/, '$1')
    .replaceAll(' | ', ', ')
    .replace(/, ([^,]*)$/, ' or $1');
  const names = [...expected.matchAll(/"([^"]*)"/g)].map(([, name]) => String(name));
  const meant = typeof input === 'string' ? nearestName(input, names) : undefined;
  return meant === undefined ? listed : `${listed}; did you mean "${meant}"?`;
}
