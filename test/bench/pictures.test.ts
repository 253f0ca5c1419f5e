import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from '@jest/globals';
import { chartsOf, withResults } from '../../bench/report/documents.ts';
import type { Result } from '../../bench/report/results.ts';
import { ROWS } from '../../bench/report/results-table.ts';
import { elementsOf, type SvgElement } from '../support/svg.ts';

const RESULTS: readonly Result[] = JSON.parse(readFileSync('bench/results.json', 'utf8'));
const CHARTS = Object.entries(chartsOf(RESULTS));

test.each(CHARTS)(
  'the committed %s is drawn from the committed results: `npm run bench -- --draw` draws it again',
  (file, chart) => expect(readFileSync(file, 'utf8')).toBe(chart),
);

test('the page on performance has the table of the committed results: `npm run bench -- --draw` writes it', () => {
  const page = readFileSync('docs/performance.md', 'utf8');
  expect(withResults(page, RESULTS)).toBe(page);
});

test('every result with a target is in the table once', () => {
  for (const { name, target } of RESULTS) {
    const rows = ROWS.filter(([, , , names]) => names.test(name)).length;
    if (target !== null && !name.startsWith('scale/')) expect([name, rows]).toEqual([name, 1]);
    else expect(rows).toBeLessThanOrEqual(1);
  }
});

it.each([
  ['an element that does not end', '<svg><g></svg>'],
  ['an element that ends twice', '<svg></svg></svg>'],
  ['a bare ampersand', '<svg>a & b</svg>'],
  ['a bare less-than sign', '<svg>a < b</svg>'],
  ['an attribute given twice', '<svg x="1" x="2"/>'],
  ['two roots', '<svg/><svg/>'],
  ['nothing', ''],
])('the parser of these tests rejects %s', (_what, svg) => expect(() => elementsOf(svg)).toThrow());

describe.each(CHARTS)('%s', (_file, chart) => {
  const elements = elementsOf(chart);
  const [root] = elements;
  const named = (name: string): readonly SvgElement[] => elements.filter((element) => element.name === name);

  it('is an image with a title and a description for screen readers', () => {
    expect(root?.attributes).toMatchObject({ role: 'img', 'aria-labelledby': 'title description' });
    const labels = [...named('title'), ...named('desc')];
    expect(labels.map(({ attributes }) => attributes.id)).toEqual(['title', 'description']);
    for (const { text } of labels) expect(text.length).toBeGreaterThan(20);
  });

  it('loads and runs nothing, which a browser would block in an <img>', () => {
    expect(chart.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|href|@import|<script|\bon\w+=/,
    );
  });

  it.each(['light', 'dark'] as const)(
    'has texts with a contrast of 4.5 : 1 and marks with 3 : 1 against the background in the %s theme',
    (theme) => {
      const ground = colorOf(chart, theme, 'ground', 'fill');
      for (const role of ['text', 'note']) {
        expect(contrast(colorOf(chart, theme, role, 'fill'), ground)).toBeGreaterThanOrEqual(4.5);
      }
      for (const role of ['ours', 'other']) {
        expect(contrast(colorOf(chart, theme, role, 'stroke'), ground)).toBeGreaterThanOrEqual(3);
      }
    },
  );

  it('takes every color from its themes', () => {
    for (const { name, attributes } of elements) {
      if (name === 'text') expect(['text', 'note']).toContain(attributes.class);
      expect(['none', 'url(#hatch)', undefined]).toContain(attributes.fill);
      expect(attributes.stroke).toBeUndefined();
    }
    const [first] = named('rect');
    expect(first?.attributes.class).toBe('ground');
  });

  it('has room for each of its texts', () => {
    const width = Number(root?.attributes.width);
    for (const { attributes, text } of named('text')) {
      // As wide as in DejaVu Sans, the widest of the fonts that readers are likely to have.
      const letter = attributes['font-weight'] === undefined ? 0.55 : 0.62;
      const length = text.length * letter * Number(attributes['font-size'] ?? 17);
      const share = { start: 0, middle: 0.5, end: 1 }[attributes['text-anchor'] ?? 'start'] ?? 0;
      const left = Number(attributes.x) - length * share;
      expect([text, left >= 0 && left + length <= width]).toEqual([text, true]);
    }
  });
});

/** The color of a role, from the rules of the picture itself. */
function colorOf(chart: string, theme: 'light' | 'dark', role: string, property: string): string {
  const [light = '', dark = ''] = chart.split('@media (prefers-color-scheme: dark)');
  const rule = new RegExp(`\\.${role} \\{[^}]*\\b${property}: (#[0-9a-f]{6})`).exec(
    theme === 'light' ? light : dark,
  );
  if (rule?.[1] === undefined) throw new Error(`no ${property} of .${role} in the ${theme} theme`);
  return rule[1];
}

/** WCAG 2.2, contrast ratio. https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
