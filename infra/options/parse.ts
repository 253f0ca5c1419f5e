import type { aws_logs as logs } from 'aws-cdk-lib';
import { MAX_CONFIG_PATH } from '../../lambda/contract.ts';

/** A typed value, or what the text should have been: it completes "<option> must be …". */
export type Parsed<T> = { readonly value: T } | { readonly expected: string };

/**
 * Reads one option's text. CDK hands over context from the command line as text, and JSON values of a stage's file are
 * converted to the same text. The schema is for editors, and accepts whatever the parser does.
 */
export type Parse<T> = ((text: string) => Parsed<T>) & { readonly schema: OptionSchema };

/** The JSON Schema of an option's value in a stage's file. */
export interface OptionSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly (string | number | boolean)[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: OptionSchema;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly anyOf?: readonly OptionSchema[];
}

/** A parser together with the schema of the values that it takes. */
export function parser<T>(schema: OptionSchema, read: (text: string) => Parsed<T>): Parse<T> {
  return Object.assign((text: string) => read(text), { schema });
}

/** Text that matches a pattern. */
export function matching(pattern: RegExp, expected: string): Parse<string> {
  return parser({ type: 'string', pattern: pattern.source }, (text) =>
    pattern.test(text) ? { value: text } : { expected },
  );
}

interface ListRules {
  /** The fewest entries; 1 by default. */
  readonly atLeast?: number;
  /** A check that a pattern cannot express. */
  readonly accepts?: (entry: string) => boolean;
  /** A value that is equal for entries with the same meaning; by default the entry itself. */
  readonly meaning?: (entry: string) => string;
}

/** A list of distinct texts, each matching a pattern without commas. */
export function commaSeparated(
  pattern: RegExp,
  expected: string,
  { atLeast = 1, accepts = () => true, meaning = (entry) => entry }: ListRules = {},
): Parse<readonly string[]> {
  const items = { type: 'string', pattern: pattern.source };
  const schema = {
    anyOf: [{ type: 'array', items, minItems: atLeast, uniqueItems: true }, { type: 'string' }],
  };
  return parser(schema, (text) => {
    const value = text.split(',');
    if (value.length < atLeast || !value.every((entry) => pattern.test(entry) && accepts(entry))) {
      return { expected };
    }
    return new Set(value.map(meaning)).size < value.length
      ? { expected: `${expected}, without duplicates` }
      : { value };
  });
}

/** A whole number from `min` to `max`, inclusive. */
export function wholeNumber(min: number, max: number): Parse<number> {
  const pattern = /^\d{1,9}$/;
  const schema = { type: ['integer', 'string'], minimum: min, maximum: max, pattern: pattern.source };
  return parser(schema, (text) => {
    const value = pattern.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? { value } : { expected: `a whole number from ${min} to ${max}` };
  });
}

const FRACTION = /^\d(\.\d{1,6})?$/;

/** A fraction: a decimal number from 0 to 1. */
export const fraction: Parse<number> = parser(
  { type: ['number', 'string'], minimum: 0, maximum: 1, pattern: FRACTION.source },
  (text) => {
    const value = FRACTION.test(text) ? Number(text) : Number.NaN;
    return value <= 1 ? { value } : { expected: 'a number from 0 to 1' };
  },
);

export const flag: Parse<boolean> = parser({ enum: [true, false, 'true', 'false'] }, (text) =>
  text === 'true' || text === 'false' ? { value: text === 'true' } : { expected: 'true or false' },
);

/** One of a closed list. */
export function oneOf<const T extends string>(...values: readonly T[]): Parse<T> {
  return parser({ enum: values }, (text) => {
    const value = values.find((candidate) => candidate === text);
    return value === undefined ? { expected: `one of ${values.join(', ')}` } : { value };
  });
}

/** Written out because the enum's module loads most of CDK, which would slow down each tool. */
export const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const satisfies readonly logs.RetentionDays[];

/** A retention period that CloudWatch Logs supports, in days. */
export const retentionDays: Parse<logs.RetentionDays> = parser(
  { enum: [...RETENTIONS, ...RETENTIONS.map(String)] },
  (text) => {
    const value = RETENTIONS.find((days) => String(days) === text);
    return value === undefined ? { expected: `one of ${RETENTIONS.join(', ')}` } : { value };
  },
);

const PATH = /^(\/[A-Za-z0-9_.-]+)+$/;

/**
 * Prefix of the SSM parameters. SSM allows 15 levels in all and reserves names that begin with "aws" or
 * "ssm"; the last level is the parameter's own name.
 */
export const parameterPath: Parse<string> = parser({ type: 'string', pattern: PATH.source }, (text) => {
  const levels = text.split('/').slice(1);
  const wellFormed =
    PATH.test(text) &&
    // It is part of the snapshot's URL.
    !levels.some((level) => level === '.' || level === '..') &&
    levels.length <= 14 &&
    text.length <= MAX_CONFIG_PATH;
  return wellFormed && !/^(aws|ssm)/i.test(levels[0] ?? '')
    ? { value: text }
    : {
        expected: `a path such as /team/api, with a leading slash and no trailing one, at most ${MAX_CONFIG_PATH} characters in 14 levels of letters, digits, "_", "." and "-", the first not beginning with "aws" or "ssm"`,
      };
});
