import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Result } from '../../bench/report/results.ts';
import { SIZES, startWithKeeper, startWithoutKeeper } from '../../bench/scale/cases.ts';
import { scaleChart } from '../../bench/scale/chart.ts';
import { refreshesPerSecond } from '../../bench/scale/demand.ts';
import { elementsOf, type SvgElement } from '../support/svg.ts';

const RESULTS: readonly Result[] = JSON.parse(readFileSync('bench/results.json', 'utf8'));
const PAGE = readFileSync('docs/scale.md', 'utf8');
const FLEETS = SIZES.filter((size) => size >= 10);

interface Tick {
  readonly value: number;
  readonly at: number;
}

interface Panel {
  readonly x: readonly Tick[];
  readonly y: readonly Tick[];
  /** The points of each line, in pixels. */
  readonly lines: readonly (readonly (readonly [x: number, y: number])[])[];
  readonly looks: readonly string[];
}

/** The panels as they are drawn: each begins with its title. */
function panelsOf(chart: string): Panel[] {
  const elements = elementsOf(chart);
  const starts = elements.flatMap(({ attributes }, index) =>
    attributes['font-size'] === '19' ? [index] : [],
  );
  return starts.map((start, index) => panelOf(elements.slice(start, starts[index + 1])));
}

function panelOf(elements: readonly SvgElement[]): Panel {
  const [x, y]: [Tick[], Tick[]] = [[], []];
  for (const [index, { attributes }] of elements.entries()) {
    if (attributes.class !== 'grid') continue;
    const value = Number.parseFloat((elements[index + 1]?.text ?? '').replaceAll(',', ''));
    const [, left, top, direction] = /^M(\S+) (\S+)([HV])/.exec(attributes.d ?? '') ?? [];
    if (direction === 'H') y.push({ value, at: Number(top) });
    else x.push({ value, at: Number(left) });
  }
  const drawn = elements.filter(({ attributes }) => attributes.class?.startsWith('line '));
  return {
    x,
    y,
    lines: drawn.map(({ attributes }) =>
      [...(attributes.d ?? '').matchAll(/[ML](\S+) ([^L]+)/g)].map(([, left, top]) => [
        Number(left),
        Number(top),
      ]),
    ),
    looks: drawn.map(({ attributes }) => `${attributes.style} ${attributes['stroke-dasharray']}`),
  };
}

/** Where a value belongs, going by the first and the last label of a logarithmic axis. */
function placeBy(ticks: readonly Tick[], value: number): number {
  const [first, last] = [ticks[0], ticks.at(-1)] as [Tick, Tick];
  return (
    first.at + ((last.at - first.at) * Math.log(value / first.value)) / Math.log(last.value / first.value)
  );
}

const near = (actual: number, expected: number): void => {
  expect(Number.isFinite(actual)).toBe(true);
  expect(Math.abs(actual - expected)).toBeLessThan(0.3);
};

/** Expects that lines go through these points, and through no others, and that the labels of both axes agree. */
function expectLines(
  panel: Panel,
  expected: readonly (readonly (readonly [size: number, value: number])[])[],
): void {
  for (const ticks of [panel.x, panel.y]) {
    expect(ticks.length).toBeGreaterThan(1);
    for (const { value, at } of ticks) near(at, placeBy(ticks, value));
  }
  expect(panel.lines.map((points) => points.length)).toEqual(expected.map((points) => points.length));
  const [left, right] = extent(panel.x);
  const [top, bottom] = extent(panel.y);
  for (const [index, points] of panel.lines.entries()) {
    for (const [place, [x, y]] of points.entries()) {
      const [size, value] = expected[index]?.[place] ?? [0, 0];
      near(x, placeBy(panel.x, size));
      near(y, placeBy(panel.y, value));
      expect([x >= left, x <= right, y >= top, y <= bottom]).toEqual([true, true, true, true]);
    }
  }
}

const extent = (ticks: readonly Tick[]): [number, number] => {
  const places = ticks.map(({ at }) => at);
  return [Math.min(...places), Math.max(...places)];
};

const startsIn = (results: readonly Result[], nameOf: (size: number) => string, side: 'ours' | 'against') =>
  FLEETS.flatMap((size) => {
    const result = results.find(({ name }) => name === nameOf(size));
    return result === undefined ? [] : [[size, result[side]] as const];
  });

const linesOfStarts = (results: readonly Result[]) => [
  startsIn(results, startWithoutKeeper, 'ours'),
  startsIn(results, startWithoutKeeper, 'against'),
  startsIn(results, startWithKeeper, 'ours'),
];

const LINES_OF_CALLS = [
  FLEETS.map((size) => [size, size / 48] as const),
  FLEETS.map((size) => [size, size / 240] as const),
  FLEETS.map((size) => [size, 1 / 60] as const),
];

const resultOf = (name: string, ours: number, against: number): Result => ({
  name,
  ours,
  against,
  unit: 's',
  ratio: ours / against,
  target: null,
  met: null,
});

describe('the picture of scale', () => {
  const [starts, calls] = panelsOf(scaleChart(RESULTS)) as [Panel, Panel];

  it('draws the simulated starts', () => expectLines(starts, linesOfStarts(RESULTS)));

  it('draws the calls of a busy fleet', () => expectLines(calls, LINES_OF_CALLS));

  it('tells lines apart by their strokes', () => {
    for (const { looks } of [starts, calls]) expect(new Set(looks).size).toBe(3);
  });

  it('keeps each line within its panel and true to its axes, whatever is simulated', () => {
    const seconds = fc.double({ min: 1e-4, max: 1e6, noNaN: true });
    const fleets = fc.subarray(FLEETS, { minLength: 1 });
    fc.assert(
      fc.property(
        fleets,
        fleets,
        fc.array(seconds, { minLength: 24, maxLength: 24 }),
        (some, others, times) => {
          const results = [
            ...some.map((size, index) =>
              resultOf(startWithoutKeeper(size), times[index] ?? 1, times[index + 8] ?? 1),
            ),
            ...others.map((size, index) => resultOf(startWithKeeper(size), times[index + 16] ?? 1, 1)),
          ];
          const [drawn, same] = panelsOf(scaleChart(results)) as [Panel, Panel];
          expectLines(drawn, linesOfStarts(results));
          expectLines(same, LINES_OF_CALLS);
        },
      ),
    );
  });

  it('rejects results without one of its lines, and says how to simulate it', () => {
    const withoutKeeper = RESULTS.filter(({ name }) => !/ with keeper: /.test(name));
    expect(() => scaleChart(withoutKeeper)).toThrow(
      /no "scale\/10 with keeper: .* npm run bench -- --only scale/,
    );
  });
});

describe('the page on scale has the numbers of its picture', () => {
  /** The cells of the table's rows that begin with a number, below this header. */
  const rowsBelow = (header: string): string[][] => {
    const [, table = ''] = PAGE.split(header);
    const [rows = ''] = table.split('\n\n');
    return [...rows.matchAll(/^\| ([\d,].*) \|$/gm)].map(([, row = '']) => row.split(' | '));
  };
  const numberOf = (text = ''): number => Number.parseFloat(text.replaceAll(',', ''));
  const secondsOf = (text = ''): number => numberOf(text) * (text.endsWith('min') ? 60 : 1);
  const starts = rowsBelow(
    '| environments | until half are configured | until 99 % are | with 1,000 calls per second |',
  );
  const withKeeper = rowsBelow('| environments | until 99 % are configured (target 0.2 s)');
  const within = rowsBelow(
    '| `configRefreshSeconds` | environments within 40 calls per second | within 1,000 |',
  );

  it('in its tables', () =>
    expect([starts, withKeeper, within].map(({ length }) => length)).toEqual([5, 3, 3]));

  it.each(starts)('for a burst of %s without the keeper', (size, _half, slow, fast) => {
    const { ours, against } = RESULTS.find(
      ({ name }) => name === startWithoutKeeper(numberOf(size)),
    ) as Result;
    // Two digits are printed.
    expect(Math.abs(secondsOf(slow) / ours - 1)).toBeLessThan(0.01);
    expect(secondsOf(fast)).toBe(against);
  });

  it.each(withKeeper)('for a burst of %s with the keeper', (size, p99) => {
    const { ours } = RESULTS.find(({ name }) => name === startWithKeeper(numberOf(size))) as Result;
    expect(secondsOf(p99)).toBe(ours);
  });

  it.each(within)('for a refresh of %s s', (refresh, some, many) => {
    for (const [fleet, limit] of [
      [some, 40],
      [many, 1_000],
    ] as const) {
      expect(Math.abs(refreshesPerSecond(numberOf(fleet), numberOf(refresh)) / limit - 1)).toBeLessThan(
        0.015,
      );
    }
  });
});
