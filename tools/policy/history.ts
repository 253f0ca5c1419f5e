import type { ParameterName } from '../../lambda/contract.ts';
import { PARAMETER_NAMES } from '../parameter-versions.ts';
import { type ChangeNote, noteOf } from './change-note.ts';

/** A version of a parameter, as SSM's history has it. */
export interface PastVersion {
  readonly version: number;
  readonly value: string;
  /** Seconds since the epoch. */
  readonly at: number;
  /** ARN of who put it. */
  readonly by: string;
  readonly description: string;
}

/** The versions of each parameter that SSM still keeps, oldest first; undefined if they could not be read. */
export type Histories = { readonly [name in ParameterName]?: readonly PastVersion[] };

/** The versions that one change has put. */
export interface Change {
  /** Undefined if this command did not make it. */
  readonly note: ChangeNote | undefined;
  /** When its last part was put, in seconds since the epoch. */
  readonly at: number;
  readonly by: string;
  readonly parts: readonly ChangedPart[];
}

export interface ChangedPart {
  readonly name: ParameterName;
  /** Its newest version. */
  readonly version: number;
  /** The version that it replaced; 0 for none. */
  readonly after: number;
}

/**
 * The note of a version, if the note is about that version. SSM keeps the old description when a put gives none, so a version that
 * somebody else put has the note of the one before it. Only a repeated call of this command puts the same value twice.
 */
export function ownNoteOf(history: readonly PastVersion[], version: number): ChangeNote | undefined {
  const index = history.findIndex((one) => one.version === version);
  const one = history[index];
  const note = one && noteOf(one.description);
  const before = history[index - 1];
  if (one === undefined || note === undefined || before === undefined) return note;
  if (noteOf(before.description)?.id !== note.id) return note;
  return before.value === one.value ? ownNoteOf(history, before.version) : undefined;
}

/** What was put last: every part with the same note as the newest version, or that version alone. */
export function lastChange(histories: Histories): Change | undefined {
  const newest = PARAMETER_NAMES.flatMap((name) => {
    const history = histories[name] ?? [];
    const last = history.at(-1);
    return last === undefined ? [] : [{ name, last, note: ownNoteOf(history, last.version) }];
  }).sort((a, b) => b.last.at - a.last.at);
  const [first] = newest;
  if (first === undefined) return undefined;
  const together =
    first.note === undefined ? [first] : newest.filter(({ note }) => note?.id === first.note?.id);
  return {
    note: first.note,
    at: first.last.at,
    by: first.last.by,
    parts: together.map(({ name, last, note }) => ({
      name,
      version: last.version,
      after: note?.after ?? last.version - 1,
    })),
  };
}

/** The newest version of a parameter, if it was put outside this command after this command had put one. */
export function foreignEdit(history: readonly PastVersion[]): PastVersion | undefined {
  const last = history.at(-1);
  if (last === undefined || ownNoteOf(history, last.version) !== undefined) return undefined;
  const wasOurs = history.some(({ version }) => ownNoteOf(history, version) !== undefined);
  return wasOurs ? last : undefined;
}

/** The version that was the newest at a time. In whole seconds since the epoch, because versions are shown with such times. */
export const versionAt = (history: readonly PastVersion[], time: number): PastVersion | undefined =>
  history.findLast(({ at }) => Math.floor(at) <= time);
