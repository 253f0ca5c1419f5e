import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import { valuesOf } from '../../lambda/core/config/reading.ts';
import type { Revocations } from '../../lambda/core/revocations.ts';
import { CommandFailure } from '../arguments.ts';
import { appliedJson, planned } from './conduct.ts';
import { forceStatus, waitIfRecent, waitInForce } from './in-force.ts';
import { alsoCovering, isEmpty, revocationLines, revocationsText, without } from './revocation-edit.ts';
import { currentOf, edited, NAME, putMerged, type RevocationChange, tooLong } from './revocation-merge.ts';
import type { Outcome, Session } from './session.ts';
import { sayApplied, statusOf } from './stop-report.ts';
import { storedForm } from './values.ts';

/** Changes the revocations once a person agrees, without losing what others put at the same time. */
export async function changeRevocations(session: Session, change: RevocationChange): Promise<Outcome> {
  const { output, ask, compare, interrupted } = session;
  const { before, by, entries } = change;
  const current = currentOf(before);
  const next = edited(current, change);
  const added = without(next, current);
  const removed = without(current, next);
  const json = { added: revocationLines(added), removed: revocationLines(removed) };
  if (isEmpty(added) && isEmpty(removed)) {
    output.say(
      by === 'revoke' ? 'Already revoked.' : 'There is no such entry, so there is nothing to take back.',
      'good',
    );
    if (by === 'unrevoke') sayStillRevoked(session, next, entries);
    const force = await waitIfRecent(session, before, [NAME]);
    return { status: forceStatus(force, interrupted), json: { ...json, written: [], force } };
  }
  for (const line of json.added) output.say(`will be rejected with 401 token_revoked: ${line}`, 'bad');
  for (const line of json.removed) output.say(`no longer revoked: ${line}`, 'good');
  if (by === 'unrevoke') sayStillRevoked(session, next, entries);
  const form = storedForm(NAME, revocationsText(next));
  if ('problem' in form) throw new CommandFailure(`${tooLong(form.problem)} Nothing was written.`);
  if (form.note !== undefined) output.say(form.note, 'note');
  const values: ParameterValues = { ...valuesOf(before), [NAME]: form.value };
  const difference = await compare({ ...valuesOf(before), [NAME]: revocationsText(current) }, values);
  for (const line of difference.lines(output.paint)) output.print(line);

  output.say(`Will put ${planned(session, [{ name: NAME }])}`);
  const question = by === 'revoke' ? 'Revoke it?' : 'Take it back?';
  if (!(await ask(question))) {
    output.say('Nothing was written.');
    return { status: 1, json: { ...json, written: [], declined: true } };
  }
  const applied = await putMerged(session, change);
  const stopped = await sayApplied(session, applied);
  const outcome = { ...json, difference: difference.json, ...appliedJson(applied) };
  if (stopped) return { status: statusOf(applied), json: outcome };
  const isDone = applied.written.length === 0;
  if (isDone)
    output.say('Somebody else made the same change in the meantime, so nothing was written.', 'good');
  const force = isDone
    ? await waitIfRecent(session, await session.store.read(), [NAME])
    : await waitInForce(session, applied.written.slice(-1));
  return { status: forceStatus(force, interrupted), json: { ...outcome, force } };
}

/** A token may be revoked in several ways, and this takes back only one of them. */
function sayStillRevoked({ output }: Session, next: Revocations, entries: Revocations): void {
  for (const line of revocationLines(alsoCovering(next, entries))) {
    output.say(`still revoked: ${line}`, 'note');
  }
}
