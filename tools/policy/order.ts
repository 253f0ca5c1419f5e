import type { ParameterName } from '../../lambda/contract.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';

/** Whether the store may be in this state for a moment. */
export type IsAcceptable = (state: ParameterValues) => Promise<boolean>;

/** Parameters that can only let less through come before those that may let more through. */
const PREFERENCE: readonly ParameterName[] = [
  'revocations',
  'policy',
  'audience',
  'jwks-uri',
  'issuer',
  'upstream',
];

/**
 * An order of putting the parameters one at a time in which every state in between is acceptable; undefined if there is
 * none. Judges each state at most once.
 */
export async function findOrder(
  before: ParameterValues,
  after: ParameterValues,
  names: readonly ParameterName[],
  isAcceptable: IsAcceptable,
): Promise<readonly ParameterName[] | undefined> {
  const deadEnds = new Set<string>();
  const inTurn = PREFERENCE.filter((name) => names.includes(name));

  const from = async (done: readonly ParameterName[]): Promise<readonly ParameterName[] | undefined> => {
    if (done.length === inTurn.length) return done;
    const key = [...done].sort().join();
    if (deadEnds.has(key)) return undefined;
    if (done.length > 0 && !(await isAcceptable(mixed(before, after, done)))) {
      deadEnds.add(key);
      return undefined;
    }
    for (const name of inTurn) {
      const order = done.includes(name) ? undefined : await from([...done, name]);
      if (order !== undefined) return order;
    }
    deadEnds.add(key);
    return undefined;
  };
  return from([]);
}

/** The state of the store once some of the parameters are put. */
export const mixed = (
  before: ParameterValues,
  after: ParameterValues,
  done: readonly ParameterName[],
): ParameterValues => ({ ...before, ...Object.fromEntries(done.map((name) => [name, after[name]])) });
