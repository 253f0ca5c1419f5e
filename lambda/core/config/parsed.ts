import * as v from 'valibot';

/** What parsing of one value gives: the typed value, or everything that is wrong with it. */
export type Parsed<T> = { readonly value: T } | { readonly problems: readonly string[] };

export const parsed = <T>(value: T): Parsed<T> => ({ value });

export const problem = (message: string): Parsed<never> => ({ problems: [message] });

/** Parses JSON by a schema; each problem names its place. */
export function parseJson<T>(schema: v.GenericSchema<unknown, T>, text: string): Parsed<T> {
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
