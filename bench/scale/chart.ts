import type { FleetOptions, FleetOutcome } from './fleet.ts';

/** The simulation of one fleet size under one limit. */
export interface Row extends Omit<FleetOptions, 'seconds'> {
  readonly p50: number;
  readonly p99: number;
  readonly outcome: FleetOutcome;
}

const PANEL = { width: 400, height: 260, left: 60, top: 50 };
const COLOURS = ['#c92a2a', '#1971c2', '#2b8a3e'];

interface Line {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Two panels: the time until a burst of cold starts is configured, and a fleet's long-run calls to the parameter store. */
export function scaleChart(rows: readonly Row[]): string {
  const startsOf = (label: string, keeper: Row['keeper'], limit: number): Line => ({
    label,
    points: rows
      .filter(
        (row) =>
          row.keeper === keeper &&
          row.ssmCallsPerSecond === limit &&
          row.refreshSeconds === 60 &&
          Number.isFinite(row.p99),
      )
      .map(({ environments, p99 }) => [environments, p99]),
  });
  const starts = [
    startsOf('SSM at 40 calls/s', 'none', 40),
    startsOf('SSM at 1,000 calls/s', 'none', 1_000),
    startsOf('with the keeper', 'alive', 40),
  ];
  const steadyOf = (label: string, perSecond: (environments: number) => number): Line => ({
    label,
    points: [1, 50_000].map((environments) => [environments, perSecond(environments)]),
  });
  const steady = [
    steadyOf('refresh 60 s', (environments) => environments / (60 * 0.8)),
    steadyOf('refresh 300 s', (environments) => environments / (300 * 0.8)),
    steadyOf('with the keeper', () => 1 / 60),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="980" height="370" viewBox="0 0 980 370" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
${panel(0, 'Seconds until 99 % of a burst are configured', starts, { min: 0.01, max: 1_000 }, [])}
${panel(490, 'SSM calls per second of a busy fleet', steady, { min: 0.01, max: 10_000 }, [40, 1_000])}
</svg>
`;
}

function panel(
  offset: number,
  title: string,
  lines: readonly Line[],
  range: { readonly min: number; readonly max: number },
  limits: readonly number[],
): string {
  const x = (n: number): number => offset + PANEL.left + (Math.log10(n) / Math.log10(50_000)) * PANEL.width;
  const y = (value: number): number => {
    const share = Math.log10(Math.max(value, range.min) / range.min) / Math.log10(range.max / range.min);
    return PANEL.top + PANEL.height * (1 - Math.min(1, share));
  };
  const parts = [`<text x="${offset + PANEL.left}" y="28" font-size="14">${title}</text>`];
  for (let tick = range.min; tick <= range.max * 1.01; tick *= 10) {
    parts.push(
      `<path d="M${x(1)} ${y(tick).toFixed(1)}h${PANEL.width}" stroke="#e9ecef"/>`,
      `<text x="${x(1) - 6}" y="${(y(tick) + 4).toFixed(1)}" text-anchor="end">${Number(tick.toPrecision(2))}</text>`,
    );
  }
  for (const tick of [1, 10, 100, 1_000, 10_000, 50_000]) {
    parts.push(
      `<text x="${x(tick).toFixed(1)}" y="${PANEL.top + PANEL.height + 16}" text-anchor="middle">${tick}</text>`,
    );
  }
  parts.push(
    `<text x="${x(224).toFixed(1)}" y="${PANEL.top + PANEL.height + 34}" text-anchor="middle">execution environments</text>`,
  );
  for (const limit of limits) {
    parts.push(
      `<path d="M${x(1)} ${y(limit).toFixed(1)}h${PANEL.width}" stroke="#495057" stroke-dasharray="5 4"/>`,
      `<text x="${x(1) + 4}" y="${(y(limit) - 4).toFixed(1)}">limit ${limit}</text>`,
    );
  }
  for (const [index, { label, points }] of lines.entries()) {
    const colour = COLOURS[index] ?? '#000';
    const path = points
      .map(([n, value], place) => `${place === 0 ? 'M' : 'L'}${x(n).toFixed(1)} ${y(value).toFixed(1)}`)
      .join('');
    parts.push(
      `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      `<text x="${offset + PANEL.left + 130 * index}" y="${PANEL.top - 6}" fill="${colour}">${label}</text>`,
    );
  }
  return parts.join('\n');
}
