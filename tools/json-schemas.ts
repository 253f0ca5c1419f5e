import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { PolicySchema } from '../lambda/core/config/policy-schema.ts';
import { RevocationsSchema } from '../lambda/core/config/revocations-schema.ts';
import { SnapshotSchema } from '../lambda/core/snapshot/snapshot-schema.ts';

/** A JSON Schema as far as the tools look into it. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** What a published schema says about itself, in addition to the code's schema. */
interface Publication {
  readonly file: string;
  readonly title: string;
  readonly description: string;
  readonly schema: GenericSchema;
}

const PUBLICATIONS: readonly Publication[] = [
  {
    file: 'policy.schema.json',
    title: 'Policy',
    description: 'Value of the SSM parameter "policy": further providers, routes and claim rules',
    schema: PolicySchema,
  },
  {
    file: 'revocations.schema.json',
    title: 'Revocations',
    description: 'Value of the SSM parameter "revocations": what is revoked, by issuer',
    schema: RevocationsSchema,
  },
  {
    file: 'snapshot.schema.json',
    title: 'Snapshot',
    description: 'What the keeper writes for all verifiers, format 1; times are in seconds since the epoch',
    schema: SnapshotSchema,
  },
];

export interface PublishedSchema {
  /** Name of the file in `schema/`. */
  readonly file: string;
  readonly document: JsonSchema;
  readonly text: string;
}

/** The schemas to publish, made from those with which the function parses. */
export const publishedSchemas = (): readonly PublishedSchema[] =>
  PUBLICATIONS.map(({ file, title, description, schema }) => {
    const { $schema, ...body } = toJsonSchema(schema, {
      target: 'draft-2020-12',
      typeMode: 'input',
      errorMode: 'throw',
    });
    const $id = `urn:alb-jwt-authorizer:${file.replace('.schema.json', '')}`;
    const document: JsonSchema = {
      $schema: String($schema),
      $id,
      title,
      description,
      ...(withoutEmpty(body) as object),
    };
    return { file, document, text: format(document) };
  });

/** The converter writes `required` and `properties` even if they are empty. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(
    ([name, member]) =>
      !(name === 'required' && Array.isArray(member) && member.length === 0) &&
      !(name === 'properties' && Object.keys(member as object).length === 0),
  );
  return Object.fromEntries(members.map(([name, member]) => [name, withoutEmpty(member)]));
}

const LINE_WIDTH = 110;

/** Formatted as this repository's formatter does: lists of scalars on one line if they fit. */
export function format(document: object): string {
  const text = JSON.stringify(document, null, 2).replaceAll(
    /^( *"[^"]*": )\[\n([^[\]{}]*)\n *\](,?)$/gm,
    (whole, name: string, items: string, comma: string) => {
      const line = `${name}[${items.trim().replaceAll(/\n */g, ' ')}]${comma}`;
      return line.length <= LINE_WIDTH ? line : whole;
    },
  );
  return `${text}\n`;
}
