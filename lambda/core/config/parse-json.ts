import * as v from 'valibot';
import { unpack } from './pack.ts';
import { type Parsed, parsed, problem } from './parsed.ts';

/** Parses JSON, which may be packed, by a schema; each problem names its place. */
export function parseJson<T>(schema: v.GenericSchema<unknown, T>, value: string): Parsed<T> {
  const text = unpack(value);
  if ('problems' in text) return text;
  let document: unknown;
  try {
    document = JSON.parse(text.value);
  } catch (error) {
    return problem(`is not JSON: ${(error as SyntaxError).message}`);
  }
  const result = v.safeParse(schema, document);
  if (result.success) return parsed(result.output);
  return {
    problems: result.issues.map((issue) => {
      const place = v.getDotPath(issue);
      return place === null ? wording(issue) : `${place}: ${wording(issue)}`;
    }),
  };
}

function wording({ expected, received, message }: v.BaseIssue<unknown>): string {
  if (expected === 'never') return 'is not a known field';
  if (received === 'undefined') return 'is missing';
  return message;
}
