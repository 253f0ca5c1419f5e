import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import type { Reading } from '../../lambda/core/config/reading.ts';
import { PARAMETER_NAMES, type ParameterVersions } from '../parameter-versions.ts';
import { conduct } from './conduct.ts';
import type { PastVersion } from './history.ts';
import { isEmpty, readRevocations, without } from './revocation-edit.ts';
import { type Destination, returnTo } from './rollback-target.ts';
import type { Outcome, Session } from './session.ts';
import { readFrom } from './versions.ts';

/**
 * Puts earlier values again. They were in force once, so warnings do not stop it, but values that today's parser rejects
 * do.
 */
export async function rollback(
  session: Session,
  { to, ifVersion }: { readonly to: Destination; readonly ifVersion: ParameterVersions },
): Promise<Outcome> {
  const before = await readFrom(session, ifVersion);
  const found: [string, readonly PastVersion[]][] = [];
  for (const name of PARAMETER_NAMES.filter((one) => before[one] !== undefined)) {
    found.push([name, await session.store.history(name)]);
  }
  const { given, about } = returnTo(to, Object.fromEntries(found));
  session.output.say(about, 'strong');
  if (to.kind === 'time' && takesBack(before, given)) {
    session.output.say(
      `This also unrevokes what was revoked since then. To keep those revocations, name the parameters to restore: ${session.call('rollback --to NAME=VERSION')}`,
      'bad',
    );
  }
  return conduct(session, { before, given, strict: false }, 'rollback');
}

/** Whether a revoked token would no longer be revoked. */
function takesBack({ revocations: now }: Reading, { revocations: then }: ParameterValues): boolean {
  if (now === undefined || then === undefined) return false;
  const [current, past] = [readRevocations(now.value), readRevocations(then)];
  return 'value' in current && 'value' in past && !isEmpty(without(current.value, past.value));
}
