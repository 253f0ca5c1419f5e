import * as v from 'valibot';
import { type Parsed, parsed, problem } from './parsed.ts';

const PolicySchema = v.strictObject({ $schema: v.optional(v.string()) });

const RevocationsSchema = v.strictObject({ $schema: v.optional(v.string()) });

export type Policy = v.InferOutput<typeof PolicySchema>;
export type Revocations = v.InferOutput<typeof RevocationsSchema>;

/** Parses the `policy` parameter; each problem names its place in the JSON. */
export const parsePolicy = (text: string): Parsed<Policy> => parseJson(PolicySchema, text);

/** Parses the `revocations` parameter; each problem names its place in the JSON. */
export const parseRevocations = (text: string): Parsed<Revocations> => parseJson(RevocationsSchema, text);

function parseJson<T>(schema: v.GenericSchema<unknown, T>, text: string): Parsed<T> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return problem(`is not JSON: ${(error as SyntaxError).message}`);
  }
  const result = v.safeParse(schema, document);
  if (result.success) return parsed(result.output);
  return {
    problems: result.issues.map((issue) => {
      const place = v.getDotPath(issue);
      return place === null ? issue.message : `${place}: ${issue.message}`;
    }),
  };
}
