import { type Parsed, parsed } from '../core/config/parsed.ts';

/**
 * What an event must look like before it is used. Not built on a schema library, which copies each map of header
 * fields: that takes longer than everything else done with an event.
 */
export interface Kind<T> {
  readonly is: (value: unknown) => value is T;
  readonly wording: string;
}

export interface Shape {
  readonly [member: string]: Kind<unknown> | Shape;
}

/** An event of a shape. Any other members are ignored. */
export type Shaped<S extends Shape> = {
  readonly [member in keyof S]: S[member] extends Kind<infer T>
    ? T
    : S[member] extends Shape
      ? Shaped<S[member]>
      : never;
};

/** The event itself, typed, or all of its problems. No problem repeats a value, which may be a token. */
export function parseShape<S extends Shape>(shape: S, event: Members): Parsed<Shaped<S>> {
  const problems = problemsOf(shape, event, '');
  return problems.length === 0 ? parsed(event as Shaped<S>) : { problems };
}

function problemsOf(shape: Shape, members: Members, place: string): string[] {
  const problems: string[] = [];
  for (const name in shape) {
    const expected = shape[name] as Kind<unknown> | Shape;
    const value = members[name];
    if (!isKind(expected)) {
      if (isMembers(value)) problems.push(...problemsOf(expected, value, `${place}${name}.`));
      else problems.push(problemAt(place + name, value, 'an object'));
    } else if (!expected.is(value)) {
      problems.push(problemAt(place + name, value, expected.wording));
    }
  }
  return problems;
}

const problemAt = (place: string, value: unknown, wording: string): string =>
  value === undefined ? `${place} is missing` : `${place} must be ${wording}`;

const isKind = (expected: Kind<unknown> | Shape): expected is Kind<unknown> =>
  typeof expected.wording === 'string';

export type Members = Readonly<Record<string, unknown>>;

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Maybe<T> = T | null | undefined;
const isText = (value: unknown): value is string => typeof value === 'string';

export const text: Kind<string> = { is: isText, wording: 'a string' };

export const optionalText: Kind<Maybe<string>> = {
  is: (value): value is Maybe<string> => value === undefined || value === null || isText(value),
  wording: 'a string, if present',
};

/** The ids that an API gives a request, in the `requestContext` of its events. */
export const REQUEST_IDS = { requestId: optionalText, extendedRequestId: optionalText };

export const texts: Kind<Maybe<readonly string[]>> = {
  is: (value): value is Maybe<readonly string[]> =>
    value === undefined || value === null || (Array.isArray(value) && value.every(isText)),
  wording: 'a list of strings, if present',
};

/**
 * The two maps that events have for header fields and for query parameters: one with the last value of each name, and
 * one with all values. A null stands for an absent value.
 */
export const singles: Kind<Maybe<Readonly<Record<string, string | null>>>> = mapOf(
  (value): value is string | null => value === null || isText(value),
  'an object whose values are strings',
);
export const multiples: Kind<Maybe<Readonly<Record<string, readonly (string | null)[] | null>>>> = mapOf(
  (value): value is readonly (string | null)[] | null =>
    value === null || (Array.isArray(value) && value.every((item) => item === null || isText(item))),
  'an object whose values are lists of strings',
);

function mapOf<T>(is: (value: unknown) => value is T, wording: string): Kind<Maybe<Record<string, T>>> {
  return {
    is(map): map is Maybe<Record<string, T>> {
      if (map === undefined || map === null) return true;
      if (!isMembers(map)) return false;
      // Object.values would make a list from each map, and every event has one or two.
      for (const name in map) if (!is(map[name])) return false;
      return true;
    },
    wording,
  };
}
