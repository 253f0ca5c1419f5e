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

/** The versions of each parameter, oldest first, as far as SSM keeps them; undefined where they could not be read. */
export type Histories = { readonly [name in ParameterName]?: readonly PastVersion[] };

/** What was put together. */
export interface Change {
  /** Undefined where this command did not make it. */
  readonly note: ChangeNote | undefined;
  /** When the last of it was put, in seconds since the epoch. */
  readonly at: number;
  readonly by: string;
  readonly parts: readonly ChangedPart[];
}

export interface ChangedPart {
  readonly name: ParameterName;
  /** The newest version of it. */
  readonly version: number;
  /** The version that it replaced; 0 for none. */
  readonly after: number;
}

/**
 * The note of a version, if it is its own. SSM keeps a description where a put gives none, so a version may have that of
 * the one before it: then somebody else put it. Only a repeated call of this command puts the same value twice.
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

/** What was put last: all that has the note of the newest version, or that version alone. */
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

/** The newest version of a parameter that somebody put without this command, since this command last put it. */
export function foreignEdit(history: readonly PastVersion[]): PastVersion | undefined {
  const last = history.at(-1);
  if (last === undefined || ownNoteOf(history, last.version) !== undefined) return undefined;
  const wasOurs = history.some(({ version }) => ownNoteOf(history, version) !== undefined);
  return wasOurs ? last : undefined;
}

/** The version that was the newest at a time, in whole seconds since the epoch, as which the times of versions are shown. */
export const versionAt = (history: readonly PastVersion[], time: number): PastVersion | undefined =>
  history.findLast(({ at }) => Math.floor(at) <= time);
