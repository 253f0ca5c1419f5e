import { picture, pixels, words } from '../report/picture.ts';
import type { Result } from '../report/results.ts';
import { SIZES, startWithKeeper, startWithoutKeeper } from './cases.ts';
import { KEEPER_EVERY_SECONDS, refreshesPerSecond } from './demand.ts';
import { decadesAround, decadesOf, type LogAxis, placeOn } from './log-axis.ts';

const WIDTH = 760;
const PLOT = { left: 92, right: 716, height: 250, top: 70, below: 76 };
const TOP = 76;

/** The fleets that the picture shows, in environments. */
const FROM = 10;
const TO = 50_000;
const FLEETS = SIZES.filter((size) => size >= FROM);

type Point = readonly [environments: number, value: number];

interface Line {
  readonly label: string;
  /** Where the label stands: at this fleet or the next smaller one, and above, below or left of the line. */
  readonly labelAt: number;
  readonly side: 'above' | 'below' | 'left';
  readonly look: keyof typeof LOOKS;
  readonly points: readonly Point[];
}

const LOOKS = {
  keeper: 'class="line ours" style="fill:none;stroke-width:5px"',
  dashed: 'class="line other" stroke-dasharray="12 7"',
  dotted: 'class="line other" stroke-dasharray="2 6" stroke-linecap="round"',
} as const;

interface Panel {
  readonly title: string;
  readonly note: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  /** Levels drawn across the panel. */
  readonly limits: readonly { readonly value: number; readonly label: string }[];
}

/** Two panels: the time until a burst of cold starts is configured, and the calls to SSM that a busy fleet needs. */
export function scaleChart(results: readonly Result[]): string {
  const panels = [startsPanel(results), callsPanel()];
  const height = PLOT.top + PLOT.height + PLOT.below;
  const title = 'A growing fleet: time to start and calls to SSM';
  return picture({
    width: WIDTH,
    height: TOP + panels.length * height - 12,
    title,
    description: panels.map(described).join(' '),
    body: [
      words(title, { x: 24, y: 36, size: 22, bold: true }),
      words('Environments are running copies of the function. The keeper reads SSM for all.', {
        x: 24,
        y: 62,
        role: 'note',
      }),
      ...panels.map((panel, index) => drawn(panel, TOP + index * height)),
    ],
  });
}

function startsPanel(results: readonly Result[]): Panel {
  const pointsOf = (nameOf: (size: number) => string, side: 'ours' | 'against'): Point[] => {
    const points = FLEETS.flatMap((size) => {
      const result = results.find(({ name }) => name === nameOf(size));
      return result === undefined ? [] : [[size, result[side]] as const];
    });
    if (points.length > 0) return points;
    throw new Error(
      `bench/results.json has no "${nameOf(FROM)}" and no larger fleet. Simulate them with npm run bench -- --only scale.`,
    );
  };
  return {
    title: 'Burst of cold starts: time until 99 % are configured',
    note: 'Simulated: up to 50,000 environments with the keeper, 10,000 without.',
    unit: ' s',
    limits: [],
    lines: [
      {
        label: 'no keeper, SSM at 40 calls/s',
        labelAt: 1_000,
        side: 'left',
        look: 'dashed',
        points: pointsOf(startWithoutKeeper, 'ours'),
      },
      {
        label: 'no keeper, SSM at 1,000 calls/s',
        labelAt: 1_000,
        side: 'above',
        look: 'dotted',
        points: pointsOf(startWithoutKeeper, 'against'),
      },
      {
        label: 'with the keeper',
        labelAt: 5_000,
        side: 'above',
        look: 'keeper',
        points: pointsOf(startWithKeeper, 'ours'),
      },
    ],
  };
}

function callsPanel(): Panel {
  const pointsOf = (perSecond: (environments: number) => number): Point[] =>
    FLEETS.map((size) => [size, perSecond(size)]);
  return {
    title: 'Busy fleet: calls to SSM per second',
    note: 'Calculated. SSM throttles what is above its limit.',
    unit: '',
    limits: [
      { value: 1_000, label: 'SSM’s limit with higher throughput: 1,000' },
      { value: 40, label: 'SSM’s default limit: 40' },
    ],
    lines: [
      {
        label: 'no keeper, 60 s refresh',
        labelAt: 300,
        side: 'left',
        look: 'dashed',
        points: pointsOf((environments) => refreshesPerSecond(environments, 60)),
      },
      {
        label: 'no keeper, 300 s refresh',
        labelAt: 1_000,
        side: 'below',
        look: 'dotted',
        points: pointsOf((environments) => refreshesPerSecond(environments, 300)),
      },
      {
        label: 'with the keeper',
        labelAt: 5_000,
        side: 'above',
        look: 'keeper',
        points: pointsOf(() => 1 / KEEPER_EVERY_SECONDS),
      },
    ],
  };
}

function drawn({ title, note, unit, lines, limits }: Panel, offset: number): string {
  const top = offset + PLOT.top;
  const bottom = top + PLOT.height;
  const x: LogAxis = { min: FROM, max: TO, from: PLOT.left, to: PLOT.right };
  const levels = [
    ...lines.flatMap(({ points }) => points.map(([, value]) => value)),
    ...limits.map(({ value }) => value),
  ];
  const y = decadesAround(levels, bottom, top);
  const across = `H${PLOT.right}`;
  return [
    words(title, { x: 24, y: offset + 28, size: 19, bold: true }),
    words(note, { x: 24, y: offset + 52, role: 'note' }),
    ...decadesOf(y).flatMap((value) => [
      `<path class="grid" d="M${PLOT.left} ${pixels(placeOn(y, value))}${across}"/>`,
      words(`${labelOf(value)}${unit}`, {
        x: PLOT.left - 8,
        y: placeOn(y, value) + 6,
        role: 'note',
        anchor: 'end',
      }),
    ]),
    ...[...decadesOf(x), TO].flatMap((value) => [
      `<path class="grid" d="M${pixels(placeOn(x, value))} ${top}V${bottom}"/>`,
      words(labelOf(value), { x: placeOn(x, value), y: bottom + 22, role: 'note', anchor: 'middle' }),
    ]),
    words('execution environments (logarithmic scale)', {
      x: (PLOT.left + PLOT.right) / 2,
      y: bottom + 46,
      anchor: 'middle',
    }),
    ...limits.flatMap(({ value, label }) => [
      `<path class="other" stroke-width="1.5" d="M${PLOT.left} ${pixels(placeOn(y, value))}${across}"/>`,
      words(label, { x: PLOT.left + 6, y: placeOn(y, value) - 7 }),
    ]),
    ...lines.flatMap((line) => [lineOf(line, x, y), labelOfLine(line, x, y)]),
  ].join('\n');
}

const lineOf = ({ points, look }: Line, x: LogAxis, y: LogAxis): string =>
  `<path ${LOOKS[look]} d="${points
    .map(
      ([size, value], index) =>
        `${index === 0 ? 'M' : 'L'}${pixels(placeOn(x, size))} ${pixels(placeOn(y, value))}`,
    )
    .join('')}"/>`;

function labelOfLine({ label, labelAt, side, points, look }: Line, x: LogAxis, y: LogAxis): string {
  const point = points.findLast(([size]) => size <= labelAt) ?? points[0];
  if (point === undefined) return '';
  const [left, top] = [placeOn(x, point[0]), placeOn(y, point[1])];
  const place = {
    above: { x: left, y: top - 11, anchor: 'middle' },
    below: { x: left + 12, y: top + 18, anchor: 'start' },
    left: { x: left - 14, y: top, anchor: 'end' },
  } as const;
  return words(label, { ...place[side], bold: look === 'keeper' });
}

const labelOf = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });

function described({ title, lines, unit }: Panel): string {
  const ends = lines.map(({ label, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return label;
    const from = `${labelOf(first[1])}${unit} at ${labelOf(first[0])} environments`;
    return `${label}: from ${from} to ${labelOf(last[1])}${unit} at ${labelOf(last[0])}`;
  });
  return `${title}. ${ends.join('; ')}.`;
}
