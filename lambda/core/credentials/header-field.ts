import { type Finding, NONE } from './finding.ts';

/** Reads the token of one header field whose value begins with a scheme, or is the token itself. */
export type ReadField = (field: string) => Finding;

/**
 * For `SCHEME TOKEN` (RFC 9110 §11.4): the scheme in any case, spaces, and one token. Credentials with another scheme
 * are ignored. Decoding will tell whether the characters of the token are valid.
 */
export function schemeReader(name: string, scheme: string): ReadField {
  const usual = `${scheme} `;
  const before = new RegExp(`^[ \\t]*${literally(scheme)} +(?=[^ ])`, 'i');
  const has = schemePattern(scheme);
  /** What comes after the scheme; the whole field if it does not begin with the scheme. */
  const afterScheme = (field: string): string =>
    // A fast path for what nearly every client writes.
    field.startsWith(usual) && field.length > usual.length && field[usual.length] !== ' '
      ? field.slice(usual.length)
      : field.replace(before, '');

  return (field) => {
    const rest = afterScheme(field);
    if (rest === field && !has.test(field)) return NONE;
    if (field.includes(',')) return several(name);
    if (rest === field) return { kind: 'malformed', reason: `not "${scheme}", spaces and one token` };
    return { kind: 'token', token: trimmedEnd(rest) };
  };
}

/** For a field that is the token itself. A value of Authorization that contains a space begins with a scheme. */
export const rawReader =
  (name: string): ReadField =>
  (field) => {
    const token = trimmedEnd(field.replace(/^[ \t]+/, ''));
    if (token === '') return NONE;
    if (name === 'authorization' && !isSchemeless(token)) return NONE;
    return field.includes(',') ? several(name) : { kind: 'token', token };
  };

/** For a field that AWS writes itself: any value is meant as a token. */
export const readWhole: ReadField = (token) => ({ kind: 'token', token });

/** Whether a value of Authorization is anything but a scheme followed by something. */
export const isSchemeless = (value: string): boolean => !/[ \t]/.test(value.trim());

const several = (name: string): Finding => ({
  kind: 'ambiguous',
  reason: `several credentials in one ${fieldName(name)} header`,
});

/** The field's name as it appears in the log. */
export const fieldName = (name: string): string => (name === 'authorization' ? 'Authorization' : name);

/** Finds a credential with this scheme in a field, alone or in a list. */
export const schemePattern = (scheme: string): RegExp =>
  new RegExp(`(?:^|,)\\s*${literally(scheme)}(?:\\s|,|$)`, 'i');

const literally = (text: string): string => text.replace(/[.*+?^$|()[\]{}\\]/g, '\\$&');

/** Without optional white space at the end (RFC 9110 §5.6.3). */
function trimmedEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--;
  return end === text.length ? text : text.slice(0, end);
}
