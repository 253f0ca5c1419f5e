import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import { uselessAccept, withoutAccepted } from '../check-config/accepted.ts';
import { type CheckOptions, checkParameters, type LocatedWarning } from '../check-config/check.ts';
import { lineOf } from '../check-config/report.ts';

export interface Judgement {
  /** Each begins with the name of the parameter. */
  readonly problems: readonly string[];
  readonly warnings: readonly LocatedWarning[];
  readonly accepted: readonly LocatedWarning[];
  /** Lines about values of `--accept` that have no effect. */
  readonly useless: readonly string[];
}

/** Judges all parameters together, as check-config --strict does, except their size: `storedForm` decides how they are stored. */
export async function judge(
  values: ParameterValues,
  {
    accept = [],
    ...options
  }: { accept?: readonly string[] | undefined } & Pick<CheckOptions, 'listenerPaths' | 'ownAddresses'>,
): Promise<Judgement> {
  const checked = await checkParameters(values, options);
  const { warnings, accepted, unused } = withoutAccepted(
    checked.warnings.filter(({ kind }) => kind !== 'size'),
    accept,
  );
  return {
    problems: checked.problems.map(lineOf),
    warnings,
    accepted,
    useless: checked.config === undefined ? [] : unused.map(uselessAccept),
  };
}
