import { aws_logs as logs } from 'aws-cdk-lib';
import { MAX_CONFIG_PATH } from '../../lambda/contract.ts';

/** A typed value, or what the text should have been: it completes "<option> must be …". */
export type Parsed<T> = { readonly value: T } | { readonly expected: string };

/** Reads one option's text. CDK hands over context from the command line as text. */
export type Parse<T> = (text: string) => Parsed<T>;

/** Text that matches a pattern. */
export function matching(pattern: RegExp, expected: string): Parse<string> {
  return (text) => (pattern.test(text) ? { value: text } : { expected });
}

/** A list of texts, each of which matches a pattern. */
export function commaSeparated(pattern: RegExp, expected: string): Parse<readonly string[]> {
  return (text) => {
    const value = text.split(',');
    return value.every((entry) => pattern.test(entry)) ? { value } : { expected };
  };
}

/** A whole number of `min` to `max`, both included. */
export function wholeNumber(min: number, max: number): Parse<number> {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? { value } : { expected: `a whole number from ${min} to ${max}` };
  };
}

/** A part of the whole: a decimal number from 0 to 1. */
export const fraction: Parse<number> = (text) => {
  const value = /^\d(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  return value <= 1 ? { value } : { expected: 'a number from 0 to 1' };
};

/** `true` or `false`. */
export const flag: Parse<boolean> = (text) =>
  text === 'true' || text === 'false' ? { value: text === 'true' } : { expected: 'true or false' };

/** One of a closed list. */
export function oneOf<const T extends string>(...values: readonly T[]): Parse<T> {
  return (text) => {
    const value = values.find((candidate) => candidate === text);
    return value === undefined ? { expected: `one of ${values.join(', ')}` } : { value };
  };
}

/** A retention that CloudWatch Logs knows, in days. */
export const retentionDays: Parse<logs.RetentionDays> = (text) => {
  const allowed = Object.values(logs.RetentionDays).filter(
    (days): days is logs.RetentionDays => typeof days === 'number' && days !== logs.RetentionDays.INFINITE,
  );
  const value = allowed.find((days) => String(days) === text);
  return value === undefined ? { expected: `one of ${allowed.join(', ')}` } : { value };
};

/**
 * Prefix of the SSM parameters. SSM allows 15 levels in all and reserves names that begin with "aws" or
 * "ssm"; the last level is the parameter's own name.
 */
export const parameterPath: Parse<string> = (text) => {
  const levels = text.split('/').slice(1);
  const wellFormed =
    /^(\/[A-Za-z0-9_.-]+)+$/.test(text) &&
    // It is part of the snapshot's URL.
    !levels.some((level) => level === '.' || level === '..') &&
    levels.length <= 14 &&
    text.length <= MAX_CONFIG_PATH;
  return wellFormed && !/^(aws|ssm)/i.test(levels[0] ?? '')
    ? { value: text }
    : {
        expected: `a path such as /team/api: a leading slash, none at the end, at most ${MAX_CONFIG_PATH} characters in 14 levels of letters, digits, "_", "." and "-", the first not beginning with "aws" or "ssm"`,
      };
};
