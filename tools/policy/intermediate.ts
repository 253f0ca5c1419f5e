import { parseAccess, parseRevocations } from '../../lambda/core/config/parse.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import type { Compare } from './compared.ts';
import type { IsAcceptable } from './order.ts';

/** Which of the two units of a configuration are valid. Each comes into force independently of the other. */
async function validUnits(values: ParameterValues) {
  return {
    access: 'value' in (await parseAccess(values)),
    revocations: 'value' in parseRevocations(values),
  };
}

/** Revocations that are not valid leave the last good ones in force, on either side of a comparison. */
const comparable = (values: ParameterValues): ParameterValues =>
  'value' in parseRevocations(values) ? values : { ...values, revocations: '{}' };

/**
 * Judges what the keeper may read between two puts. Acceptable is a valid configuration that lets through no more than the one
 * before, or no more than the one after. A unit that was invalid to begin with may stay so: its last good version stays in
 * force until a valid one is put.
 */
export async function acceptableBetween(
  before: ParameterValues,
  after: ParameterValues,
  compare: Compare,
): Promise<IsAcceptable> {
  const was = await validUnits(before);
  const isNarrow = async (than: ParameterValues, state: ParameterValues) =>
    !(await compare(comparable(than), comparable(state))).lets;
  return async (state) => {
    const is = await validUnits(state);
    if ((was.access && !is.access) || (was.revocations && !is.revocations)) return false;
    if (!is.access) return true;
    return (was.access && (await isNarrow(before, state))) || isNarrow(after, state);
  };
}
