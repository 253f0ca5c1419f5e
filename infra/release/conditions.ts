import { isDeepStrictEqual } from 'node:util';

export type Json = unknown;
type JsonObject = Readonly<Record<string, Json>>;

/** A resource or an output of a template. */
export interface TemplateEntry extends JsonObject {
  readonly DependsOn?: string | readonly string[];
}

/** Resources and outputs, by section and name. */
export type Sections = Readonly<Record<'Resources' | 'Outputs', Readonly<Record<string, TemplateEntry>>>>;

/** The template with one condition false and all others true. */
export interface Variant {
  readonly condition: string;
  readonly without: Sections;
}

/** The name of the condition that is true when `condition` is false. */
export const negated = (condition: string): string => `No${condition}`;

const AND = 'And';

/** The name of the condition that is true when all of these are. */
const together = (conditions: readonly string[]): string => conditions.join(AND);

/** The conditions that make up a combined or negated one. */
export const conditionsIn = (condition: string): readonly string[] =>
  condition.replace(/^No(?=Has|Is)/, '').split(/And(?=Has|Is)/);

const NO_VALUE = { Ref: 'AWS::NoValue' };

/**
 * One template for all combinations of conditions. Whatever differs between the template with all conditions true and the one with a
 * single condition false depends on that condition. Throws if several conditions change the same value, because their effects cannot be told apart.
 */
export function conditioned(all: Sections, variants: readonly Variant[]): Sections {
  const section = (name: keyof Sections) => {
    const entries = Object.entries(all[name]).map(([id, entry]) => [
      id,
      conditionedEntry(id, entry, name, variants),
    ]);
    const others = variants.flatMap(({ condition, without }) =>
      Object.entries(without[name])
        .filter(([id]) => !(id in all[name]))
        .map(([id, entry]) => [id, { Condition: negated(condition), ...entry }]),
    );
    if (new Set(others.map(([id]) => id)).size < others.length) {
      throw new Error(`Several conditions add the same ${name}: ${others.map(([id]) => id).join(', ')}`);
    }
    return afterWhatIsThere(Object.fromEntries([...entries, ...others]));
  };
  return { Resources: section('Resources'), Outputs: section('Outputs') };
}

/** The metadata key for dependencies that exist only under a condition. */
const AFTER = 'After';

/**
 * Replaces dependencies on conditional resources with references in the metadata. CloudFormation treats such a reference as a
 * dependency too and, unlike `DependsOn`, it can be inside `Fn::If`.
 */
function afterWhatIsThere(entries: Readonly<Record<string, TemplateEntry>>): Record<string, TemplateEntry> {
  const conditionOf = (id: string) => entries[id]?.Condition as string | undefined;
  return Object.fromEntries(
    Object.entries(entries).map(([id, { DependsOn = [], ...entry }]) => {
      const own = conditionsIn(conditionOf(id) ?? '');
      const isThere = (other: string) => {
        const condition = conditionOf(other);
        if (condition === undefined || condition === conditionOf(id)) return true;
        return !condition.startsWith('No') && conditionsIn(condition).every((part) => own.includes(part));
      };
      const all = [DependsOn].flat();
      const sure = all.filter(isThere);
      const unsure = all
        .filter((other) => !isThere(other))
        .map((other) => ({ 'Fn::If': [conditionOf(other), { Ref: other }, NO_VALUE] }));
      const Metadata = { ...(entry.Metadata as JsonObject | undefined), [AFTER]: unsure };
      return [
        id,
        {
          ...entry,
          ...(sure.length === 0 ? {} : { DependsOn: sure }),
          ...(unsure.length === 0 ? {} : { Metadata }),
        },
      ];
    }),
  );
}

function conditionedEntry(
  id: string,
  entry: TemplateEntry,
  section: keyof Sections,
  variants: readonly Variant[],
): TemplateEntry {
  const absent = variants.filter(({ without }) => !(id in without[section]));
  const present = variants.flatMap(({ condition, without }) => {
    const other = without[section][id];
    return other === undefined ? [] : [{ condition, other }];
  });
  const { DependsOn, ...rest } = entry;
  const { ...merged } = decided(
    rest,
    present.map(({ condition, other: { DependsOn: _, ...other } }) => ({ condition, other })),
    id,
  ) as JsonObject;
  const after = new Set([DependsOn ?? [], ...present.map(({ other }) => other.DependsOn ?? [])].flat());
  return {
    ...(absent.length === 0 ? {} : { Condition: together(absent.map(({ condition }) => condition)) }),
    ...merged,
    ...(after.size === 0 ? {} : { DependsOn: [...after].sort() }),
  };
}

interface Other {
  readonly condition: string;
  readonly other: Json;
}

function decided(value: Json, others: readonly Other[], place: string): Json {
  const different = others.filter(({ other }) => !isDeepStrictEqual(other, value));
  const [first, second] = different;
  if (first === undefined) return value;
  if (isPlain(value) && different.every(({ other }) => isPlain(other)))
    return decidedMembers(value, different, place);
  if (Array.isArray(value) && different.every(({ other }) => isSubsequence(other, value))) {
    return value.map((entry, index) => {
      const leaving = different.filter(({ other }) => !kept(other as Json[], value).includes(index));
      const condition = together(leaving.map((one) => one.condition));
      return leaving.length === 0 ? entry : { 'Fn::If': [condition, entry, NO_VALUE] };
    });
  }
  const keyed = byKey(value);
  const keyedOthers = different.flatMap(({ condition, other }) => {
    const list = byKey(other);
    return list === undefined ? [] : [{ condition, other: list }];
  });
  if (keyed !== undefined && keyedOthers.length === different.length) {
    const members = decidedMembers(keyed, keyedOthers, place) as JsonObject;
    return Object.values(members);
  }
  if (
    Array.isArray(value) &&
    different.every(({ other }) => Array.isArray(other) && other.length === value.length)
  ) {
    return value.map((entry, index) =>
      decided(
        entry,
        different.map(({ condition, other }) => ({ condition, other: (other as Json[])[index] })),
        `${place}/${index}`,
      ),
    );
  }
  if (second !== undefined) {
    throw new Error(
      `${place} depends on several conditions: ${different.map(({ condition }) => condition).join(', ')}`,
    );
  }
  return { 'Fn::If': [first.condition, value ?? NO_VALUE, first.other ?? NO_VALUE] };
}

function decidedMembers(value: JsonObject, others: readonly Other[], place: string): Json {
  const names = new Set([value, ...others.map(({ other }) => other as JsonObject)].flatMap(Object.keys));
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      decided(
        value[name],
        others.map(({ condition, other }) => ({ condition, other: (other as JsonObject)[name] })),
        `${place}/${name}`,
      ),
    ]),
  );
}

/** A list of key-value attributes, by key; undefined for any other list. */
function byKey(list: Json): JsonObject | undefined {
  if (!Array.isArray(list) || !list.every((entry) => isPlain(entry) && typeof entry.Key === 'string')) {
    return undefined;
  }
  return Object.fromEntries(list.map((entry) => [entry.Key, entry]));
}

/** Whether this is an object other than a CloudFormation function, whose arguments are positional. */
function isPlain(value: Json): value is JsonObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !Object.keys(value).some((name) => name === 'Ref' || name.startsWith('Fn::'))
  );
}

/** The positions in `list` of the entries of `some`, in order. */
function kept(some: readonly Json[], list: readonly Json[]): readonly number[] {
  const found: number[] = [];
  for (const [index, entry] of list.entries()) {
    if (found.length < some.length && isDeepStrictEqual(entry, some[found.length])) found.push(index);
  }
  return found;
}

const isSubsequence = (some: Json, list: readonly Json[]): boolean =>
  Array.isArray(some) && some.length < list.length && kept(some, list).length === some.length;
