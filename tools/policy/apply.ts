import type { ParameterName } from '../../lambda/contract.ts';
import type { Reading } from '../../lambda/core/config/reading.ts';
import { CommandFailure } from '../arguments.ts';
import { isRefused } from '../aws-call.ts';
import { PARAMETER_NAMES } from '../parameter-versions.ts';
import { describedBy, noteOf } from './change-note.ts';
import type { PastVersion } from './history.ts';
import type { PolicyStore } from './store.ts';

export interface PlannedPut {
  readonly name: ParameterName;
  /** As it is to be stored. */
  readonly value: string;
  /** What the description of the version before says. */
  readonly description: string;
  /** The version to go back to, where that is not the one before. */
  readonly replaced?: number | undefined;
}

export interface Plan {
  /** In the order in which they are put. */
  readonly puts: readonly PlannedPut[];
  /** What the plan was made for. */
  readonly before: Reading;
  readonly id: string;
  /** The subcommand. */
  readonly by: string;
  /** Edits of these by others end it. All parameters unless set, which were judged together. */
  readonly watched?: readonly ParameterName[];
}

export interface Written {
  readonly name: ParameterName;
  readonly version: number;
  /** The version that was there before; 0 for none. */
  readonly after: number;
  /** Versions of others that were put in between, and so have been overwritten. */
  readonly overwritten: readonly number[];
}

/** Why putting has ended before its end. */
export type Stop =
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly name: ParameterName;
      /** Whether it may have been put all the same. */
      readonly unknown: boolean;
    }
  | { readonly kind: 'edited'; readonly names: readonly ParameterName[] }
  | { readonly kind: 'overwrote' }
  | { readonly kind: 'interrupted' };

export interface Applied {
  readonly written: readonly Written[];
  readonly left: readonly ParameterName[];
  readonly stop: Stop | undefined;
}

const versionIn = (reading: Reading, name: ParameterName): number => reading[name]?.version ?? 0;

/** Puts one parameter after the other, as long as nobody else changes any of them. */
export async function applyPlan(
  store: PolicyStore,
  { puts, before, id, by, watched = PARAMETER_NAMES }: Plan,
  interrupted: AbortSignal,
): Promise<Applied> {
  const known = new Map(watched.map((name) => [name, versionIn(before, name)] as const));
  const written: Written[] = [];
  const end = (stop: Stop | undefined): Applied => ({
    written,
    left: puts.slice(written.length).map(({ name }) => name),
    stop,
  });

  for (const { name, value, description, replaced } of puts) {
    if (interrupted.aborted) return end({ kind: 'interrupted' });
    const after = known.get(name) ?? 0;
    const failed = (error: unknown, unknown = false): Applied => {
      if (!(error instanceof CommandFailure)) throw error;
      return end({ kind: 'failed', reason: error.message, name, unknown });
    };
    let now: Reading;
    try {
      now = await store.read();
    } catch (error) {
      return failed(error);
    }
    const names = editedNames(now, known);
    if (names.length > 0) return end({ kind: 'edited', names });

    const note = { id, after: replaced ?? after, by };
    const next = { value, description: describedBy(description, note), isFirst: after === 0 };
    try {
      const version = await store.put(name, next);
      written.push({ name, version, after, overwritten: between(after, version) });
    } catch (error) {
      const found = await versionPut(store, name, { after, value, id });
      if (typeof found !== 'number') return failed(error, found === 'unknown' || !isRefused(error));
      written.push({ name, version: found, after, overwritten: between(after, found) });
    }
    known.set(name, written.at(-1)?.version ?? after);
    const overwrote = await withoutOwn(store, written, { id, value });
    if (overwrote) return end({ kind: 'overwrote' });
  }
  return end(undefined);
}

/** A store that answers from the past says nothing of the present. */
const editedNames = (now: Reading, known: ReadonlyMap<ParameterName, number>): ParameterName[] =>
  [...known].flatMap(([name, version]) => {
    const isEdited = now[name] === undefined ? version !== 0 : now[name].version > version;
    return isEdited ? [name] : [];
  });

const between = (after: number, version: number): number[] =>
  Array.from({ length: Math.max(0, version - after - 1) }, (_, index) => after + 1 + index);

/** What became of a put that failed: its answer may have been lost on the way. */
async function versionPut(
  store: PolicyStore,
  name: ParameterName,
  { after, value, id }: { readonly after: number; readonly value: string; readonly id: string },
): Promise<number | 'not put' | 'unknown'> {
  const history = await store.history(name).catch(() => undefined);
  if (history !== undefined) {
    return history.findLast((one) => isOwn(one, { id, value }))?.version ?? 'not put';
  }
  const reading = await store.read().catch(() => undefined);
  const found = reading?.[name];
  if (found !== undefined && found.version > after && found.value === value) return found.version;
  return reading === undefined || (found?.version ?? 0) > after ? 'unknown' : 'not put';
}

const isOwn = (one: PastVersion, { id, value }: { readonly id: string; readonly value: string }): boolean =>
  one.value === value && noteOf(one.description)?.id === id;

/** Takes the versions that a repeated call has put out of the last entry. Answers whether others are left. */
async function withoutOwn(
  store: PolicyStore,
  written: Written[],
  own: { readonly id: string; readonly value: string },
): Promise<boolean> {
  const last = written.at(-1);
  if (last === undefined || last.overwritten.length === 0) return false;
  const history = await store.history(last.name).catch((): readonly PastVersion[] => []);
  const repeated = new Set(history.filter((one) => isOwn(one, own)).map(({ version }) => version));
  const overwritten = last.overwritten.filter((version) => !repeated.has(version));
  written.splice(-1, 1, { ...last, overwritten });
  return overwritten.length > 0;
}
