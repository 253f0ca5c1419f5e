import { withTables } from '../../tools/policy-tables.ts';
import { scaleChart } from '../scale/chart.ts';
import { performanceChart } from './chart.ts';
import type { Result } from './results.ts';
import { resultsTable } from './results-table.ts';

/** The charts of the documentation, by file. */
export const chartsOf = (results: readonly Result[]): Readonly<Record<string, string>> => ({
  'docs/performance.svg': performanceChart(results),
  'docs/scale.svg': scaleChart(results),
});

/** The page on performance with the table of these results. */
export const withResults = (page: string, results: readonly Result[]): string =>
  withTables(page, new Map([['results', resultsTable(results)]]));
