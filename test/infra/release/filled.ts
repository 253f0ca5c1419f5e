import { createHash } from 'node:crypto';

type Json = unknown;
export type Values = Readonly<Record<string, string>>;

export interface Template {
  readonly Parameters?: Readonly<
    Record<string, { readonly Default?: string | number; readonly Type: string }>
  >;
  readonly Conditions?: Readonly<Record<string, Json>>;
  readonly Resources: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly Outputs?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

const NOTHING = Symbol('AWS::NoValue');

/** A template with its parameters and conditions resolved, as CloudFormation would with these values. */
export function filled(template: Template, given: Values, pseudo: Values) {
  const values: Record<string, Json> = { ...pseudo };
  for (const [name, { Default, Type }] of Object.entries(template.Parameters ?? {})) {
    const value = given[name] ?? Default;
    if (value === undefined) throw new Error(`Parameters: [${name}] must have values`);
    values[name] = Type.startsWith('List<') ? String(value).split(',') : String(value);
  }
  for (const name of Object.keys(given)) if (!(name in values)) throw new Error(`No parameter ${name}`);

  const holds = (condition: Json): boolean => {
    const [[name, argument] = []] = Object.entries(condition as object);
    const all = argument as Json[];
    if (name === 'Condition') return holds(template.Conditions?.[argument as string]);
    if (name === 'Fn::Equals') return new Set(all.map((one) => JSON.stringify(resolved(one)))).size === 1;
    if (name === 'Fn::Not') return !holds(all[0]);
    if (name === 'Fn::And') return all.every(holds);
    throw new Error(`Unknown condition: ${JSON.stringify(condition)}`);
  };

  const resolved = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(resolved).filter((entry) => entry !== NOTHING);
    if (typeof value !== 'object' || value === null) return value;
    const [[name = '', argument] = []] = Object.entries(value);
    if (Object.keys(value).length === 1) {
      if (name === 'Ref') {
        if (argument === 'AWS::NoValue') return NOTHING;
        return argument in values ? values[argument] : value;
      }
      if (name === 'Fn::If') return resolved(holds({ Condition: argument[0] }) ? argument[1] : argument[2]);
      if (name === 'Fn::Join') return join(argument[0], resolved(argument[1]) as Json[]);
      if (name === 'Fn::Split' || name === 'Fn::Select') {
        const [first, second] = resolved(argument) as [Json, Json];
        if (name === 'Fn::Split' && typeof second === 'string') return second.split(String(first));
        if (name === 'Fn::Select' && Array.isArray(second)) return second[Number(first)];
        return { [name]: [first, second] };
      }
    }
    const entries = Object.entries(value).map(([key, entry]) => [key, resolved(entry)]);
    return Object.fromEntries(entries.filter(([, entry]) => entry !== NOTHING));
  };

  const section = (entries: Template['Resources'] = {}) =>
    Object.fromEntries(
      Object.entries(entries).flatMap(([id, { Condition, ...entry }]) =>
        Condition === undefined || holds({ Condition }) ? [[id, resolved(entry)]] : [],
      ),
    ) as Template['Resources'];
  return { Resources: section(template.Resources), Outputs: section(template.Outputs) };
}

/** Concatenated parts, with adjacent texts merged. */
function join(separator: string, parts: readonly Json[]): Json {
  if (separator !== '') {
    return parts.every((one) => typeof one === 'string')
      ? parts.join(separator)
      : { 'Fn::Join': [separator, parts] };
  }
  const flat: Json[] = [];
  for (const part of parts.flatMap((one) => (inner(one) ?? [one]) as Json[])) {
    const last = flat.at(-1);
    if (typeof part === 'string' && typeof last === 'string') flat[flat.length - 1] = last + part;
    else if (part !== '') flat.push(part);
  }
  if (flat.length === 0) return '';
  return flat.length === 1 ? flat[0] : { 'Fn::Join': ['', flat] };
}

const inner = (value: Json): Json =>
  typeof value === 'object' &&
  value !== null &&
  'Fn::Join' in value &&
  (value['Fn::Join'] as Json[])[0] === ''
    ? (value['Fn::Join'] as Json[])[1]
    : undefined;

/**
 * The resources of a template, ordered and named by their contents alone, so that two templates that differ only in logical ids are
 * equal. Numbers and booleans are text, as CloudFormation takes them from parameters.
 */
export function nameless({ Resources, Outputs = {} }: Template) {
  const names = new Map<string, string>();
  const nameOf = (id: string): string => {
    const known = names.get(id);
    if (known !== undefined) return known;
    const resource = Resources[id];
    if (resource === undefined) return id;
    names.set(id, `circle to ${resource.Type}`);
    const hash = createHash('sha256')
      .update(JSON.stringify(named(resource)))
      .digest('hex');
    const name = `${resource.Type} ${hash.slice(0, 12)}`;
    names.set(id, name);
    return name;
  };
  const named = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(named);
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, entry]) => {
          if (key === 'Ref') return [key, nameOf(entry)];
          if (key === 'Fn::GetAtt') return [key, [nameOf(entry[0]), ...entry.slice(1)]];
          if (key === 'DependsOn') {
            const all = [entry].flat() as string[];
            return [
              key,
              all
                .filter((id) => id in Resources)
                .map(nameOf)
                .sort(),
            ];
          }
          return [key, named(entry)];
        })
        .filter(([key, entry]) => key !== 'DependsOn' || (entry as Json[]).length > 0),
    );
  };
  const all = Object.entries(Resources).map(([id, resource]) => [nameOf(id), named(resource)] as const);
  return {
    Resources: Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))),
    Outputs: named(Outputs) as Record<string, Json>,
  };
}
