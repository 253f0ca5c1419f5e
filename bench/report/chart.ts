import { isRate, type Result } from './results.ts';

const WIDTH = 880;
const LABEL = 400;
const BAR = 400;
const ROW = 20;
const TOP = 46;

/** Longer bars are cut at this ratio. */
const MAX_RATIO = 2;

const COLOURS = { met: '#2b8a3e', missed: '#c92a2a' } as const;

/** Bars of our time relative to the peer or floor, with a line at equality and a tick at the target. */
export function performanceChart(results: readonly Result[]): string {
  // Only one token size, and only results with a target; results.json has the rest.
  const rows = results.filter(
    ({ name, unit, target }) => target !== null && !isRate(unit) && !name.includes('4 KB'),
  );
  const height = TOP + rows.length * ROW + 16;
  const x = (ratio: number): number => LABEL + (Math.min(ratio, MAX_RATIO) / MAX_RATIO) * BAR;
  const bars = rows.map((row, index) => {
    const y = TOP + index * ROW;
    const colour = row.met ? COLOURS.met : COLOURS.missed;
    const target =
      row.target === null
        ? ''
        : `<path d="M${x(row.target).toFixed(1)} ${y + 1}v${ROW - 4}" stroke="#212529" stroke-width="2"/>`;
    return [
      `<text x="${LABEL - 8}" y="${y + 13}" text-anchor="end">${xmlText(row.name)}</text>`,
      `<rect x="${LABEL}" y="${y + 3}" width="${(x(row.ratio) - LABEL).toFixed(1)}" height="${ROW - 8}" fill="${colour}"/>`,
      target,
      `<text x="${x(row.ratio) + 6}" y="${y + 13}">${row.ratio.toFixed(2)}</text>`,
    ].join('');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
<text x="12" y="18" font-size="14">Ours relative to each peer or floor; shorter is better</text>
<text x="12" y="35" fill="#495057">line: equal; tick: target; green: met, red: not met</text>
<path d="M${x(1)} ${TOP - 6}V${height - 10}" stroke="#adb5bd" stroke-dasharray="4 3"/>
${bars.join('\n')}
</svg>
`;
}

const xmlText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
