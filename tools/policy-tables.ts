import type { JsonSchema } from './json-schemas.ts';

/** A table of docs/policy.md, and the schema of the objects that it describes. */
interface Table {
  readonly id: string;
  readonly schema: JsonSchema;
}

/** The tables of fields in docs/policy.md as Markdown, by the name of their markers. */
export function policyTables(policy: JsonSchema, revocations: JsonSchema): ReadonlyMap<string, string> {
  const route = member(policy, 'routes').items ?? {};
  const providers = additional(member(policy, 'providers'));
  const tables: Table[] = [
    { id: 'policy', schema: policy },
    ...(providers.oneOf ?? []).map((schema) => ({
      id: String(schema.properties?.type?.const),
      schema,
    })),
    { id: 'route', schema: route },
    { id: 'mcp', schema: member(route, 'mcp') },
    { id: 'paths', schema: member(policy, 'paths') },
    { id: 'resource', schema: member(policy, 'resources').items ?? {} },
    { id: 'cors', schema: member(policy, 'cors') },
    { id: 'claim-rule', schema: additional(member(route, 'claims')) },
    { id: 'revocations', schema: additional(revocations) },
  ];
  return new Map(tables.map(({ id, schema }) => [id, render(schema)]));
}

/** Markdown in which the text between the markers of each table is replaced with the current table. */
export function withTables(markdown: string, tables: ReadonlyMap<string, string>): string {
  let result = markdown;
  for (const [id, table] of tables) {
    const [begin, end] = [`<!-- fields: ${id} -->`, `<!-- end of fields: ${id} -->`];
    const [from, to] = [result.indexOf(begin), result.indexOf(end)];
    if (from === -1 || to < from) throw new Error(`the page lacks the markers ${begin} and ${end}`);
    result = `${result.slice(0, from + begin.length)}\n\n${table}\n\n${result.slice(to)}`;
  }
  return result;
}

function render({ properties = {}, required = [] }: JsonSchema): string {
  const rows = Object.entries(properties).map(
    ([name, schema]) =>
      `| \`${name}\` | ${cell(typeOf(schema))} | ${cell(describe(schema, required.includes(name)))} |`,
  );
  return ['| field | value | meaning |', '|---|---|---|', ...rows].join('\n');
}

function describe({ description, const: constant }: JsonSchema, required: boolean): string {
  const meaning = description ?? (constant === undefined ? 'For editors; ignored' : 'The type of provider');
  return required ? `${meaning}. **Required.**` : meaning;
}

/** The kinds of value that a schema takes, in words. */
function typeOf(schema: JsonSchema): string {
  const { anyOf, oneOf, items, minimum, maximum } = schema;
  const alternatives = anyOf ?? oneOf;
  if (alternatives !== undefined) return [...new Set(alternatives.map(typeOf))].join(' or ');
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  switch (schema.type) {
    case 'array':
      return items?.enum === undefined
        ? `list of ${plural(typeOf(items ?? {}))}`
        : `list of ${typeOf(items)}`;
    case 'integer':
      return `whole number from ${minimum} to ${maximum}`;
    case 'string':
      return schema.pattern === undefined ? 'string' : `string matching \`${schema.pattern}\``;
    default:
      return schema.type ?? 'anything';
  }
}

const plural = (types: string): string =>
  types
    .split(' or ')
    .map((type) => type.replace(/^(string|object|number|boolean)\b/, '$1s'))
    .join(' or ');

const cell = (text: string): string => text.replaceAll('|', '\\|');

const member = (schema: JsonSchema, name: string): JsonSchema => schema.properties?.[name] ?? {};

const additional = ({ additionalProperties }: JsonSchema): JsonSchema =>
  typeof additionalProperties === 'object' ? additionalProperties : {};
