import * as v from 'valibot';
import { NOT_A_LIST } from './closed-object.ts';
import { isUnknownMember, type Issue, meantMember, wording } from './issue-wording.ts';
import { notJson } from './json-fault.ts';
import { dotted } from './json-places.ts';
import { examineJson } from './json-syntax.ts';
import { unpackWhole } from './pack.ts';
import { type Parsed, parsed, problem } from './parsed.ts';

/** A problem with the shape of a document. The message repeats no value: a secret may be in the wrong place. */
export interface Fault {
  /** Names of members and indexes, outermost first. */
  readonly path: readonly string[];
  readonly message: string;
  /** Whether its object has no member of this name. */
  readonly unknown: boolean;
  /** The member of that object that was most likely meant. */
  readonly meant?: string | undefined;
}

export type ReadJson<T> =
  | { readonly kind: 'valid'; readonly value: T }
  | { readonly kind: 'faulty'; readonly document: unknown; readonly faults: readonly Fault[] }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** Parses JSON, which may be packed and have white space around it, by a schema. Each problem names its place. */
export function parseJson<T>(schema: v.GenericSchema<unknown, T>, value: string): Parsed<T> {
  const read = readJson(schema, value);
  if (read.kind === 'valid') return parsed(read.value);
  return read.kind === 'unreadable' ? problem(read.problem) : { problems: read.faults.map(faultMessage) };
}

export const faultMessage = ({ path, message }: Fault): string =>
  path.length === 0 ? message : `${dotted(path)}: ${message}`;

/** The same, but returns the faults with their places, and the document that has them. */
export function readJson<T>(schema: v.GenericSchema<unknown, T>, value: string): ReadJson<T> {
  const whole = unpackWhole(value);
  if ('problems' in whole) return { kind: 'unreadable', problem: whole.problems.join(', ') };
  const text = whole.value.trim();
  const found = examineJson(text);
  if (found.kind === 'unknown') return { kind: 'unreadable', problem: 'is nested too deeply' };
  if (found.kind === 'error') return { kind: 'unreadable', problem: notJson(whole.value, found) };
  const document: unknown = JSON.parse(text);
  const result = v.safeParse(schema, document);
  const unsafe = misread(document, result.output, []);
  const issues = result.issues ?? [];
  const misspelt = misspeltMembers(issues);
  const unknown = new Set(issues.filter(isUnknownMember).map((issue) => keyOf(pathOf(issue))));
  const faults = [
    ...found.duplicates.map((path) => fault(path, 'appears more than once; keep one')),
    ...unsafe
      .filter(({ path, name }) => name === undefined || !unknown.has(keyOf([...path, name])))
      .map(({ path, message }) => fault(path, message)),
    ...issues.filter((issue) => !(isOfAbsence(issue) && misspelt.has(keyOf(pathOf(issue))))).map(faultOf),
  ];
  return result.success && faults.length === 0
    ? { kind: 'valid', value: result.output }
    : { kind: 'faulty', document, faults: withoutRepetition(faults) };
}

/** A value can violate one requirement in two ways, such as a number that is neither whole nor large enough. */
const withoutRepetition = (faults: readonly Fault[]): Fault[] => [
  ...new Map(faults.map((one) => [keyOf([...one.path, one.message]), one])).values(),
];

const fault = (path: readonly string[], message: string): Fault => ({ path, message, unknown: false });

function faultOf(issue: Issue): Fault {
  const list = (issue.path ?? []).findIndex(({ type, input }) => type === 'object' && Array.isArray(input));
  // The library takes indexes for names of members, and would report for each what the list lacks as an object.
  if (list >= 0) return fault(pathOf(issue).slice(0, list), NOT_A_LIST);
  const unknown = isUnknownMember(issue);
  return {
    path: pathOf(issue),
    message: wording(issue),
    unknown,
    ...(unknown && { meant: meantMember(issue) }),
  };
}

const pathOf = ({ path }: Issue): string[] => (path ?? []).map(({ key }) => String(key));
const keyOf = (path: readonly string[]): string => JSON.stringify(path);

/** Whether a member is missing, or all members where an object must have at least one. */
const isOfAbsence = ({ received, type }: Issue): boolean =>
  received === 'undefined' || type === 'min_entries';

/** Places that lack a member only because it is misspelt, which is already reported. */
function misspeltMembers(issues: readonly Issue[]): ReadonlySet<string> {
  return new Set(
    issues.filter(isUnknownMember).flatMap((issue) => {
      const meant = meantMember(issue);
      const parent = pathOf(issue).slice(0, -1);
      return meant === undefined ? [] : [keyOf(parent), keyOf([...parent, meant])];
    }),
  );
}

/**
 * What the schema library silently accepts although it means something else. It drops members with these names, so a
 * rule for one would be lost. And it takes a list for an object whose names are numbers, so an empty list would count
 * as no rules at all.
 */
function misread(given: unknown, taken: unknown, path: readonly string[]): Misread[] {
  if (typeof given !== 'object' || given === null) return [];
  if (Array.isArray(given) && typeof taken === 'object' && !Array.isArray(taken)) {
    return [{ path, message: NOT_A_LIST }];
  }
  return Object.entries(given).flatMap(([name, member]) =>
    UNSAFE_NAMES.has(name)
      ? [{ path, name, message: `must not have a member named ${name}` }]
      : misread(member, memberOf(taken, name), [...path, name]),
  );
}

interface Misread extends Pick<Fault, 'path' | 'message'> {
  /** The member that would be dropped. */
  readonly name?: string;
}

const UNSAFE_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
