import * as v from 'valibot';
import { unpack } from './pack.ts';
import { type Parsed, parsed, problem } from './parsed.ts';

/**
 * Parses JSON, which may be packed, by a schema; each problem names its place. None repeats a value: a
 * secret that was pasted to the wrong place must not get into the log.
 */
export function parseJson<T>(schema: v.GenericSchema<unknown, T>, value: string): Parsed<T> {
  const text = unpack(value);
  if ('problems' in text) return text;
  let document: unknown;
  const unsafe = new Set<string>();
  try {
    document = JSON.parse(text.value, (name, member: unknown) => {
      if (UNSAFE_NAMES.has(name)) unsafe.add(name);
      return member;
    });
  } catch (error) {
    const position = /position \d+(?: \(line \d+ column \d+\))?/.exec((error as SyntaxError).message)?.[0];
    return problem(position === undefined ? 'is not JSON' : `is not JSON at ${position}`);
  }
  // The schema library drops these, so a rule for one would silently be none.
  if (unsafe.size > 0) return problem(`must not have a member named ${[...unsafe].join(' or ')}`);
  // And it takes a list for an object with numbers for names: an empty one would be in force as no rules at all.
  if (Array.isArray(document)) return problem('must be an object, not a list');
  const result = v.safeParse(schema, document);
  if (result.success) return parsed(result.output);
  return {
    problems: result.issues.map((issue) => {
      const place = v.getDotPath(issue);
      return place === null ? wording(issue) : `${place}: ${wording(issue)}`;
    }),
  };
}

const UNSAFE_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

function wording({ expected, received, message }: v.BaseIssue<unknown>): string {
  if (expected === 'never') return 'is not a known field';
  if (received === 'undefined') return 'is missing';
  return message.startsWith('Invalid ') ? `must be ${expected}` : message;
}
