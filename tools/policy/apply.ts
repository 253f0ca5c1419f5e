import type { ParameterName } from '../../lambda/contract.ts';
import type { Reading } from '../../lambda/core/config/reading.ts';
import { CommandFailure } from '../arguments.ts';
import { isRejected } from '../aws-call.ts';
import { PARAMETER_NAMES } from '../parameter-versions.ts';
import { describedBy, noteOf } from './change-note.ts';
import type { PastVersion } from './history.ts';
import type { PolicyStore } from './store.ts';

export interface PlannedPut {
  readonly name: ParameterName;
  /** In the form in which SSM stores it. */
  readonly value: string;
  /** Description of the version before. */
  readonly description: string;
  /** The version that an undo returns to, unless it is the one before. */
  readonly replaced?: number | undefined;
}

export interface Plan {
  /** In the order in which they are put. */
  readonly puts: readonly PlannedPut[];
  /** The stored values that the plan is based on. */
  readonly before: Reading;
  readonly id: string;
  /** The subcommand. */
  readonly by: string;
  /** Putting stops when others edit one of these. All parameters by default, because they were judged together. */
  readonly watched?: readonly ParameterName[];
}

export interface Written {
  readonly name: ParameterName;
  readonly version: number;
  /** The version that was there before; 0 for none. */
  readonly after: number;
  /** Versions that others put in between, which this one has overwritten. */
  readonly overwritten: readonly number[];
}

/** Why putting stopped before it was done. */
export type Stop =
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly name: ParameterName;
      /** Whether it may have been put nevertheless. */
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

/** Puts one parameter after the other. Stops as soon as somebody else changes one of them. */
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
      if (typeof found !== 'number') return failed(error, found === 'unknown' || !isRejected(error));
      written.push({ name, version: found, after, overwritten: between(after, found) });
    }
    known.set(name, written.at(-1)?.version ?? after);
    const overwrote = await withoutOwn(store, written, { id, value });
    if (overwrote) return end({ kind: 'overwrote' });
  }
  return end(undefined);
}

/** SSM may return an old value: only a newer version than the known one is an edit. */
const editedNames = (now: Reading, known: ReadonlyMap<ParameterName, number>): ParameterName[] =>
  [...known].flatMap(([name, version]) => {
    const isEdited = now[name] === undefined ? version !== 0 : now[name].version > version;
    return isEdited ? [name] : [];
  });

const between = (after: number, version: number): number[] =>
  Array.from({ length: Math.max(0, version - after - 1) }, (_, index) => after + 1 + index);

/** Finds out whether a failed put was stored: only the response may have been lost. */
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

/** Removes our own versions, put by a repeated call, from what the last entry overwrote. Returns whether any are left. */
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
