import { decodeAllButSeparators, decodeEscapes } from './spelling.ts';

/**
 * What servers and frameworks do to a path before they choose a handler. Each step shrinks the text or changes it
 * only once, so any sequence of steps comes to an end.
 */
export const STEP_NAMES = [
  'decode',
  'raw',
  'keepSlash',
  'plus',
  'params',
  'cut',
  'merge',
  'trim',
  'backslash',
  'fold',
  'suffix',
] as const;

export type StepName = (typeof STEP_NAMES)[number];

export interface Step {
  readonly name: StepName;
  readonly read: (text: string) => string;
}

const upTo = (mark: string) => (text: string) => {
  const at = text.indexOf(mark);
  return at === -1 ? text : text.slice(0, at);
};

/** One row per operation; some steps have more than one. */
export const STEPS: readonly Step[] = [
  { name: 'decode', read: decodeEscapes },
  // The readings begin with the path as it was sent, beside its one spelling.
  { name: 'raw', read: (text) => text },
  { name: 'keepSlash', read: decodeAllButSeparators },
  { name: 'plus', read: (text) => text.replaceAll('+', ' ') },
  // Parameters of each segment, everything from the first on, and those of the last segment.
  { name: 'params', read: (text) => (text.includes(';') ? text.replace(/;[^/]*/g, '') : text) },
  { name: 'params', read: upTo(';') },
  { name: 'params', read: withoutLastParameters },
  { name: 'cut', read: upTo('?') },
  { name: 'cut', read: upTo('#') },
  { name: 'merge', read: (text) => (text.includes('//') ? text.replace(/\/\/+/g, '/') : text) },
  { name: 'trim', read: trim },
  { name: 'backslash', read: (text) => text.replaceAll('\\', '/') },
  { name: 'fold', read: fold },
  { name: 'suffix', read: withoutSuffix },
  { name: 'suffix', read: withoutDottedSuffix },
];

/**
 * The text without the differences that are lost when servers compare names loosely: case, compatibility forms,
 * accents and invisible characters. Each is removed twice, because changing case brings back some of the others: `ẞ`,
 * `ß` and `ss` are one.
 */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return foldOnce(foldOnce(text.toLowerCase()));
}

const foldOnce = (text: string): string =>
  text.normalize('NFKD').replace(UNSEEN, '').toUpperCase().toLowerCase();

const ASCII = /^[\0-\x7f]*$/;
const UNSEEN = /[\p{M}\p{Default_Ignorable_Code_Point}]+/gu;

function withoutLastParameters(text: string): string {
  const at = text.indexOf(';', text.lastIndexOf('/'));
  return at === -1 ? text : text.slice(0, at);
}

const SPACE_OR_DOT = /[\s.]/;

/**
 * The steps that may change this path, or a reading of it. Most paths have only letters, digits, some punctuation,
 * and dots within a segment.
 */
export const stepsFor = (path: string, steps: readonly Step[]): readonly Step[] =>
  SIMPLE.test(path) ? steps.filter(({ name }) => name === 'fold' || name === 'suffix') : steps;

const SIMPLE = /^(?:\/[\w~:@=,!$&'()*-]+(?:\.[\w~:@=,!$&'()*-]+)*)+\/?$/;

/** Removes white space and dots at the end of each segment, as Windows does, and white space at its start. */
function trim(text: string): string {
  return SPACE_OR_DOT.test(text) ? text.split('/').map(trimSegment).join('/') : text;
}

/** A loop, because a regular expression would backtrack at every dot. */
function trimSegment(segment: string): string {
  let end = segment.length;
  while (end > 0 && SPACE_OR_DOT.test(segment.charAt(end - 1))) end -= 1;
  return segment.slice(0, end).trimStart();
}

/** `report` for `report.json`, also with a slash after it, and the collection for `collection/.json`. */
function withoutSuffix(text: string): string {
  const { start, end, dots, lastDot } = lastDots(text);
  // Several dots at the start belong to the name, and so does a dot at the end.
  if (lastDot < start || lastDot === end - 1 || (dots === start && dots < lastDot)) return text;
  return lastDot > start ? text.slice(0, lastDot) + text.slice(end) : text.slice(0, start);
}

/** The same with several dots before the suffix: in `{.:format}`, Express lets the format begin at the first. */
function withoutDottedSuffix(text: string): string {
  // Few paths have two dots in a row, and this runs on every request.
  if (!text.includes('..')) return text;
  const { start, end, dots, lastDot } = lastDots(text);
  if (dots >= lastDot) return text;
  return dots > start ? text.slice(0, dots) + text.slice(end) : text.slice(0, start);
}

/** The last segment that is not empty, and the last run of dots in it; `lastDot` is before `start` if it has none. */
function lastDots(text: string): { start: number; end: number; dots: number; lastDot: number } {
  let end = text.length;
  while (end > 0 && text.charAt(end - 1) === '/') end -= 1;
  const start = text.lastIndexOf('/', end - 1) + 1;
  const lastDot = text.lastIndexOf('.', end - 1);
  let dots = lastDot;
  while (dots > start && text.charAt(dots - 1) === '.') dots -= 1;
  return { start, end, dots, lastDot };
}
