import * as v from 'valibot';
import { nearestName } from './nearest-name.ts';

/**
 * An object with these members and no others. Every other member is an issue, whose `requirement` is the name that was
 * most likely meant: `strictObject` tells the first one only. A list is no object, not even an empty one. `wording` says
 * what is wrong with any other kind of value.
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
 * One of several objects, told apart by a member that only that one has, or a list where there may be one: so only
 * what belongs to the one that is meant is asked for.
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

const notAnObject = (input: unknown): Issue => ({
  kind: 'schema',
  type: 'strict_object',
  input,
  expected: 'Object',
  received: 'Array',
  message: 'must be an object, not a list',
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
