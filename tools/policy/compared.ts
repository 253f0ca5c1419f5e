import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import type { Paint } from '../terminal-colors.ts';
import { differenceOf } from './difference/difference.ts';
import { differenceJson, differenceLines } from './difference/render.ts';

/** The effects of a change that this command acts on. */
export interface Comparison {
  /** Whether any request passes that did not before, or passes differently. */
  readonly lets: boolean;
  readonly lines: (paint: Paint) => readonly string[];
  readonly json: object;
}

export type Compare = (before: ParameterValues, after: ParameterValues) => Promise<Comparison>;

export const compare: Compare = async (before, after) => {
  const difference = await differenceOf(before, after);
  return {
    lets:
      difference.kind === 'compared'
        ? difference.entries.opens.length + difference.entries.forwards.length > 0
        : difference.kind === 'first',
    lines: (paint) => differenceLines(difference, paint),
    json: differenceJson(difference),
  };
};
