import { isRate, type Result } from './results.ts';

/** The results as lines of a table for a terminal. */
export function table(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.name,
    `${result.ours} ${result.unit}`,
    `${result.against} ${result.unit}`,
    result.ratio.toFixed(2),
    result.target === null ? '' : `${isRate(result.unit) ? '>=' : '<='} ${result.target}`,
    result.met === null ? '' : result.met ? 'met' : 'NOT MET',
  ]);
  const lines = [['', 'ours', 'against', 'ratio', 'target', ''], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...lines.map((cells) => (cells[column] ?? '').length)),
  );
  return lines
    .map((cells) =>
      cells
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
