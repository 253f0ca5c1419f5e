import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GROUPS, performanceChart } from '../../bench/report/chart.ts';
import type { Result } from '../../bench/report/results.ts';
import { elementsOf } from '../support/svg.ts';

const RESULTS: readonly Result[] = JSON.parse(readFileSync('bench/results.json', 'utf8'));
const NAMES = GROUPS.flatMap(({ others }) => others.map(({ result }) => result));

interface Bar {
  readonly name: string;
  readonly number: string;
  readonly length: number;
  readonly end: number;
  readonly look: string;
}

/** The bars as they are drawn: a name above, a number after it. */
function barsOf(chart: string): Bar[] {
  const elements = elementsOf(chart);
  return elements.flatMap(({ name, attributes }, index) => {
    const look = attributes.class ?? '';
    if (name !== 'rect' || look === 'ground') return [];
    const [before, after] = [elements[index - 1], elements[index + 1]];
    const length = Number(attributes.width);
    return {
      name: before?.text ?? '',
      number: after?.text ?? '',
      length,
      end: Number(attributes.x) + length,
      look: `${look} ${attributes.fill ?? 'filled'}`,
    };
  });
}

const withRatios = (ratios: readonly number[]): Result[] =>
  NAMES.map((name, index) => {
    const ratio = ratios[index] ?? 1;
    return { name, ours: 10 * ratio, against: 10, unit: 'ms', ratio, target: null, met: null };
  });

describe('the picture of performance', () => {
  const bars = barsOf(performanceChart(RESULTS));
  const others = bars.filter(({ look }) => look.startsWith('other'));

  it('has six bars, and distinguishes ours from the others by the fill', () => {
    expect(bars.map(({ look }) => look)).toEqual(
      [1, 2].flatMap(() => ['ours filled', 'other url(#hatch)', 'other url(#hatch)']),
    );
    for (const { name, look } of bars) expect(/^This function/.test(name)).toBe(look.startsWith('ours'));
  });

  it.each(NAMES.map((name, index) => [name, index] as const))(
    'says and draws what the result "%s" says',
    (name, index) => {
      const { ratio } = RESULTS.find((result) => result.name === name) as Result;
      expect(others[index]?.number).toBe(`${(1 / ratio).toFixed(2)} × as long`);
      const ours = bars[index < 2 ? 0 : 3]?.length ?? 0;
      expect((others[index]?.length ?? 0) / ours).toBeCloseTo(1 / ratio, 2);
    },
  );

  it('gives our own times in milliseconds, as measured beside the alternatives', () => {
    for (const [index, { others: compared }] of GROUPS.entries()) {
      const times = compared.map(({ result }) => RESULTS.find(({ name }) => name === result) as Result);
      for (const { ours, unit } of times) {
        const ms = unit === 'us' ? ours / 1000 : ours;
        expect(bars[3 * index]?.number).toBe(`1 (${ms} ms)`);
      }
    }
  });

  it('has bars in proportion, and room for their numbers, whatever is measured', () => {
    const ratio = fc.double({ min: 0.02, max: 50, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(ratio, ratio, ratio, ratio), (ratios) => {
        const drawn = barsOf(performanceChart(withRatios(ratios)));
        const ours = drawn[0]?.length ?? 0;
        expect(drawn[3]?.length).toBe(ours);
        for (const [index, bar] of drawn.filter(({ look }) => look.startsWith('other')).entries()) {
          expect(Math.abs(bar.length - ours / (ratios[index] ?? 1))).toBeLessThanOrEqual(
            0.06 * (1 + 1 / (ratios[index] ?? 1)),
          );
          expect(bar.end).toBeLessThanOrEqual(760 - 24 - 149);
        }
      }),
    );
  });

  it('rejects results that lack one of its bars, and says how to measure it', () => {
    expect(() => performanceChart(withRatios([1, 1, 1, 1]).slice(1))).toThrow(
      /no "cold-start\/first answer, services at 20 ms, aws-jwt-verify"\. Measure it with npm run bench -- --only cold-start\./,
    );
  });
});
