import * as v from 'valibot';
import { nearestName } from './nearest-name.ts';

/**
 * An object with these members and no others. Reports every other member, with the name that was most likely meant as
 * the issue's `requirement`; `strictObject` would report only the first. A list is not an object, not even an empty
 * one. `wording` is the problem with any other kind of value.
 */
export function closedObject<const E extends v.ObjectEntries>(
  entries: E,
  wording?: string,
): v.StrictObjectSchema<E, undefined> {
  const known = v.object(entries, wording);
  const names = Object.keys(entries);
  return {
    ...v.strictObject(entries),
    '~run'(dataset, config) {
      const input: unknown = dataset.value;
      if (Array.isArray(input)) return withIssues({ typed: false, value: input }, [notAnObject(input)]);
      const result = known['~run'](dataset, config);
      if (typeof input !== 'object' || input === null) return result;
      const issues = Object.entries(input)
        .filter(([name]) => !Object.hasOwn(entries, name))
        .map(([name, value]) => unknownMember(input, name, value, names));
      return withIssues(result, issues);
    },
  };
}

/**
 * One of several objects, each recognized by a member that only it has, or a list where one is allowed. So a problem
 * speaks only of the object that was meant.
 */
export function oneShapeOf<
  const O extends Readonly<Record<string, v.GenericSchema>>,
  L extends v.GenericSchema = never,
>(options: O, message: string, list?: L): v.UnionSchema<(O[keyof O] | L)[], string> {
  const all = [...(list === undefined ? [] : [list]), ...Object.values(options)] as (O[keyof O] | L)[];
  const union = v.union(all, message);
  const shapeOf = (input: unknown): v.GenericSchema => {
    if (Array.isArray(input)) return list ?? union;
    if (typeof input !== 'object' || input === null) return union;
    const [name = '', ...others] = Object.keys(options).filter((one) => Object.hasOwn(input, one));
    return others.length > 0 ? union : (options[name] ?? union);
  };
  return {
    ...union,
    '~run': (dataset, config) =>
      shapeOf(dataset.value)['~run'](dataset, config) as ReturnType<(typeof union)['~run']>,
  };
}

type Issue = v.BaseIssue<unknown>;

export const NOT_A_LIST = 'must be an object, not a list';

const notAnObject = (input: unknown): Issue => ({
  kind: 'schema',
  type: 'strict_object',
  input,
  expected: 'Object',
  received: 'Array',
  message: NOT_A_LIST,
});

const unknownMember = (input: object, key: string, value: unknown, names: readonly string[]): Issue => ({
  kind: 'schema',
  type: 'strict_object',
  input: key,
  expected: 'never',
  received: 'string',
  message: 'is not a known field',
  requirement: nearestName(key, names),
  path: [{ type: 'object', origin: 'key', input: input as Record<string, unknown>, key, value }],
});

// biome-ignore lint/suspicious/noExplicitAny: the library's types tell an output with issues from one without
const withIssues = (dataset: any, issues: readonly Issue[]): any =>
  issues.length === 0 ? dataset : { ...dataset, issues: [...(dataset.issues ?? []), ...issues] };
