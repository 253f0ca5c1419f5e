import { PARAMETER_NAMES } from '../parameter-versions.ts';
import { type Applied, applyPlan, type PlannedPut } from './apply.ts';
import { forceStatus, waitIfRecent, waitInForce } from './in-force.ts';
import { prepare, type Wanted } from './prepare.ts';
import type { Outcome, Session } from './session.ts';
import { sayApplied, statusOf } from './stop-report.ts';
import { targetName } from './target.ts';

/** Shows a change, asks, puts it and waits until it is in force. */
export async function conduct(session: Session, wanted: Wanted, by: string): Promise<Outcome> {
  const { output, ask, store, newId, interrupted } = session;
  const { puts, json } = await prepare(session, wanted);
  if (puts === undefined) return { status: 1, json: { ...json, written: [] } };
  if (puts.length === 0) {
    const names = PARAMETER_NAMES.filter((name) => wanted.given[name] !== undefined);
    const force = await waitIfRecent(session, wanted.before, names);
    return { status: forceStatus(force, interrupted), json: { ...json, written: [], force } };
  }
  output.say(`Will put ${planned(session, puts)}`);
  if (!(await ask('Put this change?'))) {
    output.say('Nothing was written.');
    return { status: 1, json: { ...json, written: [], declined: true } };
  }
  const applied = await applyPlan(store, { puts, before: wanted.before, id: newId(), by }, interrupted);
  const stopped = await sayApplied(session, applied);
  const outcome = { ...json, ...appliedJson(applied) };
  if (stopped) return { status: statusOf(applied), json: outcome };
  const force = await waitInForce(session, applied.written);
  return { status: forceStatus(force, interrupted), json: { ...outcome, force } };
}

/** What is put and where, so that nobody agrees to it for another deployment. */
export const planned = ({ target }: Session, puts: readonly Pick<PlannedPut, 'name'>[]): string => {
  const names = puts.map(({ name }) => name).join(', ');
  const place = `under ${targetName(target)}`;
  return puts.length > 1 ? `${place}, in this order: ${names}.` : `${names} ${place}.`;
};

export const appliedJson = ({ written, left, stop }: Applied): object => ({ written, left, stop });
