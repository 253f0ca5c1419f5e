import { parseConfig } from '../../lambda/core/config/parse.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import type { Compare } from './compared.ts';
import type { IsAcceptable } from './order.ts';

export const isValid = async (values: ParameterValues): Promise<boolean> =>
  'config' in (await parseConfig(values, 'between'));

/**
 * Accepts what the keeper may read between two puts: a valid configuration that lets through no more than the one before, or
 * no more than the one after. While what is there is not valid, the last good one stays in force whatever is put, so
 * another that is not valid does no harm.
 */
export async function acceptableBetween(
  before: ParameterValues,
  after: ParameterValues,
  compare: Compare,
): Promise<IsAcceptable> {
  const wasValid = await isValid(before);
  return async (state) => {
    if (!(await isValid(state))) return !wasValid;
    if (wasValid && !(await compare(before, state)).lets) return true;
    return !(await compare(after, state)).lets;
  };
}
