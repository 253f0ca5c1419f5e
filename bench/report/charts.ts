import { scaleChart } from '../scale/chart.ts';
import { performanceChart } from './chart.ts';
import type { Result } from './results.ts';

/** The pictures of the documentation, by file. */
export const chartsOf = (results: readonly Result[]): Readonly<Record<string, string>> => ({
  'docs/performance.svg': performanceChart(results),
  'docs/scale.svg': scaleChart(results),
});
