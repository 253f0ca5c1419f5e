/** The subset of JSON Schema that the published schemas use. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** Member names and element indexes, from the top of a document. */
export type Path = readonly (string | number)[];

/** The member "type" of the object at a path, which tells kinds of providers apart; undefined if the object has none. */
export type TypeAt = (path: Path) => string | undefined;

export interface MemberHint {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** The brackets or quotes of its value; the cursor goes between them. */
  readonly value: readonly [before: string, after: string];
}

/** The members that the object at a path may have. */
export function membersAt(schema: Schema, path: Path, typeAt: TypeAt): MemberHint[] {
  const found = new Map<string, MemberHint>();
  for (const { properties = {}, required = [] } of schemasAt(schema, path, typeAt)) {
    for (const [name, member] of Object.entries(properties)) {
      if (found.has(name)) continue;
      const description = describe(member);
      found.set(name, { name, description, required: required.includes(name), value: brackets(member) });
    }
  }
  return [...found.values()];
}

/** The values that the schema lists for a path, as JSON. */
export function valuesAt(schema: Schema, path: Path, typeAt: TypeAt): string[] {
  const values = schemasAt(schema, path, typeAt).flatMap((one) => {
    if (one.const !== undefined) return [one.const];
    if (one.enum !== undefined) return one.enum;
    return one.type === 'boolean' ? [true, false] : [];
  });
  return [...new Set(values.map((value) => JSON.stringify(value)))];
}

/** The schema's description of the value at a path. */
export const descriptionAt = (schema: Schema, path: Path, typeAt: TypeAt): string | undefined =>
  schemasAt(schema, path, typeAt)
    .map(describe)
    .find((description) => description !== '');

function schemasAt(schema: Schema, path: Path, typeAt: TypeAt): Schema[] {
  let at: Schema[] = expand(schema, typeAt([]));
  for (const [index, step] of path.entries()) {
    const here = path.slice(0, index + 1);
    at = at.flatMap((one) => next(one, step)).flatMap((one) => expand(one, typeAt(here)));
  }
  return at;
}

function next({ items, properties = {}, additionalProperties }: Schema, step: string | number): Schema[] {
  if (typeof step === 'number') return items === undefined ? [] : [items];
  if (Object.hasOwn(properties, step)) return [properties[step] as Schema];
  return typeof additionalProperties === 'object' ? [additionalProperties] : [];
}

/** A schema and its alternatives. If alternatives differ by "type", only the one of the document's type. */
function expand(schema: Schema, type: string | undefined): Schema[] {
  const all = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].flatMap((one) =>
    expand(one, type),
  );
  const ofType = all.filter(({ properties }) => properties?.type?.const === type && type !== undefined);
  return [schema, ...(ofType.length > 0 ? ofType : all)];
}

const describe = (schema: Schema): string =>
  schema.description ??
  [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].map(describe).find((text) => text !== '') ??
  '';

function brackets(schema: Schema): readonly [string, string] {
  const [type] = expand(schema, undefined).flatMap((one) => {
    if (one.type !== undefined) return [one.type];
    return typeof one.const === 'string' || typeof one.enum?.[0] === 'string' ? ['string'] : [];
  });
  switch (type) {
    case 'string':
      return ['"', '"'];
    case 'array':
      return ['[', ']'];
    case 'object':
      return ['{ ', ' }'];
    default:
      return ['', ''];
  }
}
