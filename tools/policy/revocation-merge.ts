import type { Reading } from '../../lambda/core/config/reading.ts';
import type { Revocations } from '../../lambda/core/revocations.ts';
import { CommandFailure } from '../arguments.ts';
import { descriptionOf } from '../parameter-versions.ts';
import { type Applied, applyPlan } from './apply.ts';
import {
  isEmpty,
  isSame,
  readRevocations,
  revocationLines,
  revocationsText,
  union,
  without,
} from './revocation-edit.ts';
import type { Session } from './session.ts';
import { sayOverwritten } from './stop-report.ts';
import { storedForm } from './values.ts';

export const NAME = 'revocations';

/** How often the change is retried on top of what somebody else has put in the meantime. */
const MAX_TRIES = 6;

export interface RevocationChange {
  /** The subcommand. */
  readonly by: 'revoke' | 'unrevoke';
  readonly before: Reading;
  /** The entries to add or remove. */
  readonly entries: Revocations;
}

/** Idempotent: entries that are already added, or already gone, change nothing. */
export const edited = (revocations: Revocations, { by, entries }: RevocationChange): Revocations =>
  (by === 'revoke' ? union : without)(revocations, entries);

export function currentOf(reading: Reading): Revocations {
  const parsed = readRevocations(reading[NAME]?.value ?? '{}');
  if ('value' in parsed) return parsed.value;
  throw new CommandFailure(
    `The revocations in SSM are not valid, so nothing can be added to them: ${parsed.problems[0]}. Put valid ones with put --revocations FILE, or go back with rollback --to ${NAME}=VERSION: status says which version is in force.`,
  );
}

export const tooLong = (problem: string): string =>
  `${NAME} ${problem}. Remove entries whose tokens have expired with unrevoke, or revoke everything older with --issued-before.`;

/**
 * Puts the change on top of the newest version. If somebody else puts a version in between, this overwrites it, so their
 * revocations are put again at once. What they unrevoked is reported, and stays revoked.
 */
export async function putMerged(session: Session, change: RevocationChange): Promise<Applied> {
  const { by, before: first } = change;
  const { store, output, newId, interrupted } = session;
  let isFirst = true;
  let owed: Revocations = new Map();
  let replaced: number | undefined;
  let own: Reading[typeof NAME];
  let description: string | undefined;
  const written: Applied['written'][number][] = [];
  const stopped = async (stop: Applied['stop']): Promise<Applied> => {
    if (stop?.kind !== 'overwrote') await sayOverwritten(session, written.slice(-1));
    return { written, left: written.length > 0 ? [] : [NAME], stop };
  };
  const failed = (reason: string) => stopped({ kind: 'failed', reason, name: NAME, unknown: false });
  /** One try; undefined if another is needed. */
  const once = async (): Promise<Applied | undefined> => {
    const before = withOwn(isFirst ? first : await store.read(), own);
    isFirst = false;
    const current = currentOf(before);
    const next = edited(union(current, owed), change);
    if (isSame(current, next)) return { written, left: [], stop: undefined };
    description ??= (await lastDescription(session)) || descriptionOf(NAME);
    const form = storedForm(NAME, revocationsText(next));
    if ('problem' in form) return failed(tooLong(form.problem));
    const { value } = form;
    const puts = [{ name: NAME, value, description, replaced } as const];
    const plan = { puts, before, id: newId(), by, watched: [NAME] as const };
    const applied = await applyPlan(store, plan, interrupted);
    const [put] = applied.written;
    if (put === undefined) return applied.stop?.kind === 'edited' ? undefined : stopped(applied.stop);
    written.push(put);
    if (put.overwritten.length === 0) return { written, left: [], stop: undefined };
    own = { value, version: put.version, modifiedAt: 0 };
    replaced = put.overwritten.at(-1);
    const lost = await store.valuesOf(NAME, put.overwritten);
    for (const version of put.overwritten) {
      const theirs = readRevocations(lost.get(version) ?? '');
      if (!('value' in theirs)) return stopped({ kind: 'overwrote' });
      owed = union(owed, without(theirs.value, current));
      sayTakenBack(session, version, without(current, theirs.value));
    }
    if (isEmpty(owed)) return { written, left: [], stop: undefined };
    const versions = put.overwritten.map((version) => `version ${version}`).join(', ');
    output.say(`Somebody else put ${versions} at the same time; what it revokes is put again.`, 'note');
    return undefined;
  };
  try {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const applied = await once();
      if (applied !== undefined) return applied;
    }
  } catch (error) {
    // Whatever failed since, the report must say what was written.
    if (written.length === 0 || !(error instanceof CommandFailure)) throw error;
    return failed(error.message);
  }
  return failed(`Gave up after ${MAX_TRIES} tries, because others kept changing ${NAME} in the meantime.`);
}

function sayTakenBack({ output }: Session, version: number, takenBack: Revocations): void {
  for (const line of revocationLines(takenBack)) {
    output.say(
      `Version ${version}, which somebody else put in the meantime, had unrevoked an entry that is now revoked again: ${line}`,
      'note',
    );
  }
}

/** SSM may still return values from before our own put. */
const withOwn = (reading: Reading, own: Reading[typeof NAME]): Reading =>
  own === undefined || (reading[NAME]?.version ?? 0) > own.version ? reading : { ...reading, [NAME]: own };

const lastDescription = async ({ store }: Session): Promise<string | undefined> =>
  (await store.history(NAME).catch(() => []))?.at(-1)?.description;
