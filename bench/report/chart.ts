import { picture, pixels, words } from './picture.ts';
import { type Result, resultNamed } from './results.ts';

interface Group {
  readonly title: string;
  readonly note: string;
  readonly ours: string;
  readonly others: readonly { readonly name: string; readonly result: string }[];
}

/** What a user would pick instead, and the result that compares each with ours. */
export const GROUPS: readonly Group[] = [
  {
    title: 'Cold start: from starting the process to its first response',
    note: 'Each read takes 20 ms.',
    ours: 'This function: parameters and keys in one read',
    others: [
      {
        name: 'A handler on aws-jwt-verify, configured in code: keys in one read',
        result: 'cold-start/first answer, services at 20 ms, aws-jwt-verify',
      },
      {
        name: 'A handler on the AWS SDK and jose: parameters, then keys',
        result: 'cold-start/first answer, services at 20 ms, client-ssm and jose',
      },
    ],
  },
  {
    title: 'Warm: one invocation as an authorizer',
    note: 'Median, with tokens seen before. Only this function remembers them.',
    ours: 'This function: with a log line and metrics',
    others: [
      {
        name: 'A handler on aws-jwt-verify: no log line, no metrics',
        result: 'invocation/authorizer, aws-jwt-verify: p50',
      },
      {
        name: 'A handler on jose: with a log line by Powertools',
        result: 'invocation/authorizer, Powertools + jose: p50',
      },
    ],
  },
];

const WIDTH = 760;
const MARGIN = 24;
const GROUP = { top: 108, title: 26, note: 24, bar: 54, gap: 22 };
const BAR = { below: 9, height: 18 };

/** The space that a bar leaves for the longest number after it, and the length of our own if all others fit. */
const NUMBER_WIDTH = 150;
const OURS_AT_MOST = 300;

/** Bars of the time that each alternative takes, as a multiple of our time. */
export function performanceChart(results: readonly Result[]): string {
  const groups = GROUPS.map((group) => ({ ...group, bars: barsOf(group, results) }));
  const longest = Math.max(...groups.flatMap(({ bars }) => bars.map(({ times }) => times)));
  const unit = Math.min(OURS_AT_MOST, (WIDTH - 2 * MARGIN - NUMBER_WIDTH) / longest);
  let y = GROUP.top;
  const body = groups.flatMap(({ title, note, bars }) => {
    const top = y;
    const first = top + GROUP.title + GROUP.note;
    y = first + bars.length * GROUP.bar + GROUP.gap;
    return [
      words(title, { x: MARGIN, y: top, size: 19, bold: true }),
      words(note, { x: MARGIN, y: top + GROUP.title, role: 'note' }),
      ...bars.map((bar, index) => drawn(bar, first + 6 + index * GROUP.bar, unit)),
    ];
  });
  const title = 'Time per request: this function and alternatives';
  return picture({
    width: WIDTH,
    height: y - GROUP.gap,
    title,
    description: groups.map(described).join(' '),
    body: [
      HATCH,
      words(title, { x: MARGIN, y: 36, size: 22, bold: true }),
      words('Shorter is faster. Numbers are multiples of this function’s time.', { x: MARGIN, y: 62 }),
      ...body,
    ],
  });
}

interface Bar {
  readonly name: string;
  /** The time as a multiple of ours. */
  readonly times: number;
  readonly number: string;
  readonly isOurs: boolean;
}

function barsOf({ ours, others }: Group, results: readonly Result[]): Bar[] {
  const compared = others.map(({ name, result }) => ({ name, result: resultNamed(results, result) }));
  const own = compared[0]?.result;
  return [
    { name: ours, times: 1, number: own === undefined ? '1' : `1 (${milliseconds(own)})`, isOurs: true },
    ...compared.map(({ name, result: { ratio } }) => ({
      name,
      times: 1 / ratio,
      number: `${(1 / ratio).toFixed(2)} × as long`,
      isOurs: false,
    })),
  ];
}

const milliseconds = ({ ours, unit }: Result): string => `${unit === 'us' ? ours / 1000 : ours} ms`;

/** Ours is filled and its text is bold, the others are hatched. */
function drawn({ name, times, number, isOurs }: Bar, y: number, unit: number): string {
  const looks = isOurs ? 'class="ours"' : 'class="other" fill="url(#hatch)" stroke-width="1.5"';
  const length = times * unit;
  return [
    words(name, { x: MARGIN, y, bold: isOurs }),
    `<rect ${looks} x="${MARGIN}" y="${y + BAR.below}" width="${pixels(length)}" height="${BAR.height}"/>`,
    words(number, { x: MARGIN + length + 10, y: y + BAR.below + 15, bold: true }),
  ].join('');
}

const HATCH =
  '<pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="other" d="M0 0v7" stroke-width="2"/></pattern>';

const described = ({ title, bars }: { readonly title: string; readonly bars: readonly Bar[] }): string =>
  `${title}. ${bars.map(({ name, number }) => `${name}: ${number}`).join('; ')}.`;
