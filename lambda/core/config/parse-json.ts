import * as v from 'valibot';
import { findDuplicates } from './json-places.ts';
import { unpack } from './pack.ts';
import { type Parsed, parsed, problem } from './parsed.ts';

/**
 * Parses JSON, which may be packed, by a schema; each problem names its place. None repeats a value: a
 * secret that was pasted to the wrong place must not get into the log.
 */
export function parseJson<T>(schema: v.GenericSchema<unknown, T>, value: string): Parsed<T> {
  const text = unpack(value);
  if ('problems' in text) return text;
  let document: unknown;
  try {
    document = JSON.parse(text.value);
  } catch (error) {
    const position = /position \d+(?: \(line \d+ column \d+\))?/.exec((error as SyntaxError).message)?.[0];
    return problem(position === undefined ? 'is not JSON' : `is not JSON at ${position}`);
  }
  const found = findDuplicates(text.value);
  if (found.kind === 'unknown') return problem('is nested too deeply');
  if (found.kind === 'error') return problem('is not JSON');
  const result = v.safeParse(schema, document);
  const problems = [
    ...found.duplicates.map((place) => `${place}: appears more than once; keep one`),
    ...misread(document, result.output, ''),
    ...(result.success
      ? []
      : result.issues.map((issue) => located(v.getDotPath(issue) ?? '', wording(issue)))),
  ];
  return result.success && problems.length === 0 ? parsed(result.output) : { problems };
}

/**
 * What the schema library takes without a word, though it is not what was written: it drops members of these
 * names, so that a rule for one would silently be none, and it takes a list for an object with numbers for names,
 * so that an empty one would be in force as no rules at all.
 */
function misread(given: unknown, taken: unknown, place: string): string[] {
  if (typeof given !== 'object' || given === null) return [];
  if (Array.isArray(given) && typeof taken === 'object' && !Array.isArray(taken)) {
    return [located(place, 'must be an object, not a list')];
  }
  return Object.entries(given).flatMap(([name, member]) =>
    UNSAFE_NAMES.has(name)
      ? [located(place, `must not have a member named ${name}`)]
      : misread(member, memberOf(taken, name), place === '' ? name : `${place}.${name}`),
  );
}

const UNSAFE_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

const located = (place: string, message: string): string => (place === '' ? message : `${place}: ${message}`);

function wording(issue: v.BaseIssue<unknown>): string {
  const { expected, received, message } = issue;
  if (expected === 'never') return 'is not a known field';
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
      return `be ${alternatives(expected ?? '')}`;
    default:
      return `be ${KINDS[expected ?? ''] ?? expected}`;
  }
}

type Issue = v.BaseIssue<unknown> & { readonly requirement?: unknown };

const KINDS: Readonly<Record<string, string>> = {
  Array: 'a list',
  Object: 'an object',
  boolean: 'true or false',
  number: 'a number',
  string: 'a text',
};

const counted = (limit: unknown, input: unknown): string =>
  `${limit} ${Array.isArray(input) ? (limit === 1 ? 'entry' : 'entries') : 'characters'}`;

/** `("a" | "b" | "c")` as `"a", "b" or "c"`. */
const alternatives = (expected: string): string =>
  expected
    .replace(/^\((.*)\)$/, '$1')
    .replaceAll(' | ', ', ')
    .replace(/, ([^,]*)$/, ' or $1');
