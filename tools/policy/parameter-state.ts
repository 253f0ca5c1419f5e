import type { ParameterName } from '../../lambda/contract.ts';
import { type Reading, UNITS } from '../../lambda/core/config/reading.ts';
import { utc } from '../explain/format.ts';
import { type Histories, ownNoteOf } from './history.ts';
import { isAbout, NEXT_RUN_SECONDS } from './in-force.ts';
import type { Session } from './session.ts';

/** What is known about the versions in force. */
export interface InForce {
  /** As the keeper says; undefined if there is no keeper to ask. */
  readonly versions: Readonly<Record<string, number>> | undefined;
  /** Seconds since the epoch. */
  readonly readAt: number | undefined;
  readonly refused: readonly string[];
  /** Why the keeper did not respond. */
  readonly failure: string | undefined;
}

/** What `status` says about one parameter. */
interface ParameterState {
  readonly name: ParameterName;
  readonly line: string;
  readonly isGood: boolean;
  readonly json: object;
}

export interface Found {
  readonly reading: Reading;
  readonly histories: Histories;
  readonly force: InForce;
}

export function parameterState(session: Session, name: ParameterName, found: Found): ParameterState {
  const { reading, histories, force } = found;
  const stored = reading[name];
  if (stored === undefined) return { name, line: `${name}: missing`, isGood: false, json: { version: null } };
  const { version, modifiedAt } = stored;
  const past = histories[name]?.find((one) => one.version === version);
  const note = ownNoteOf(histories[name] ?? [], version);
  const who = past === undefined ? '' : ` by ${past.by}${note === undefined ? '' : ` (policy ${note.by})`}`;
  const { state, words } = stateOf(session, name, { version, modifiedAt, force });
  return {
    name,
    line: `${name.padEnd(11)} version ${version}, ${words}; put at ${utc(modifiedAt)}${who}`,
    isGood: state === 'in-force' || state === 'pending' || state === 'unknown',
    json: {
      version,
      state,
      inForce: force.versions?.[name],
      putAt: modifiedAt,
      putBy: past?.by,
      change: note,
    },
  };
}

function stateOf(
  { target, now }: Session,
  name: ParameterName,
  {
    version,
    modifiedAt,
    force,
  }: { readonly version: number; readonly modifiedAt: number; readonly force: InForce },
) {
  const has = force.versions?.[name];
  const otherwise = has === undefined ? '' : ` (${has} is)`;
  const unit = Object.values(UNITS).find((names: readonly ParameterName[]) => names.includes(name)) ?? [];
  const isRejected = (one: ParameterName) =>
    force.refused.some((problem) => isAbout(problem, target.path, one));
  const isBehind = has !== undefined ? has < version : unit.some(isRejected);
  if (isRejected(name)) return { state: 'refused', words: `rejected, so not in force${otherwise}` };
  if (isBehind && unit.some(isRejected)) {
    const why = unit.filter(isRejected).join(' and ');
    // Without the keeper a verifier keeps the configuration that it has, and a new verifier gets none.
    const words = has === undefined ? 'in force only where it was before' : `not in force${otherwise}`;
    return { state: 'held', words: `${words}, because ${why} is rejected` };
  }
  if (isBehind) return { state: 'not-in-force', words: `not in force${otherwise}` };
  const isUnseen = force.versions === undefined && target.hasKeeper !== false;
  const takes = target.refreshSeconds + (isUnseen ? NEXT_RUN_SECONDS : 0);
  const left = Math.ceil(modifiedAt + takes - now() / 1000);
  if (left > 0) return { state: 'pending', words: `in force within ${left} seconds` };
  return isUnseen
    ? { state: 'unknown', words: 'in force unless the keeper rejects it' }
    : { state: 'in-force', words: 'in force' };
}
