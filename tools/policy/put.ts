import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import type { ParameterVersions } from '../parameter-versions.ts';
import { conduct, planned } from './conduct.ts';
import { prepare, type Wanted } from './prepare.ts';
import type { Outcome, Session } from './session.ts';
import { readFrom } from './versions.ts';

export type GivenChange = Pick<Wanted, 'accept' | 'listenerPaths'> & { readonly given: ParameterValues };

/** Says what `put` would do, and writes nothing. */
export async function diff(session: Session, change: GivenChange): Promise<Outcome> {
  const before = await readFrom(session);
  const { puts, json } = await prepare(session, { ...change, before, strict: true });
  if (puts !== undefined && puts.length > 0) {
    session.output.say(`put would write ${planned(session, puts)}`);
  }
  return { status: puts === undefined ? 1 : 0, json };
}

/** Puts the values that differ from the stored ones. */
export async function put(
  session: Session,
  { ifVersion, ...change }: GivenChange & { readonly ifVersion: ParameterVersions },
): Promise<Outcome> {
  const before = await readFrom(session, ifVersion);
  return conduct(session, { ...change, before, strict: true }, 'put');
}
