/** The colors of each theme. Texts and marks have their own background, so that they are readable on a page of the other theme. */
export const THEMES = {
  light: {
    ground: '#ffffff',
    text: '#1f2328',
    note: '#59636e',
    grid: '#d1d9e0',
    ours: '#0969da',
    other: '#59636e',
  },
  dark: {
    ground: '#0d1117',
    text: '#f0f6fc',
    note: '#9198a1',
    grid: '#3d444d',
    ours: '#4493f8',
    other: '#9198a1',
  },
} as const;

export type Theme = Readonly<Record<keyof (typeof THEMES)['light'], string>>;

interface Picture {
  readonly width: number;
  readonly height: number;
  /** What a screen reader says: the subject, then what the picture shows. */
  readonly title: string;
  readonly description: string;
  readonly body: readonly string[];
}

/** An SVG for an `<img>` that follows the reader's theme, and that no hue is needed to read. */
export function picture({ width, height, title, description, body }: Picture): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description" font-family="-apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif" font-size="17">
<title id="title">${xmlText(title)}</title>
<desc id="description">${xmlText(description)}</desc>
<style>
${rulesOf(THEMES.light)}
@media (prefers-color-scheme: dark) {
${rulesOf(THEMES.dark)}
}
</style>
<rect class="ground" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>
${body.join('\n')}
</svg>
`;
}

const rulesOf = ({ ground, text, note, grid, ours, other }: Theme): string =>
  `.ground { fill: ${ground}; stroke: ${grid} }
.text { fill: ${text} }
.note { fill: ${note} }
.text, .note { stroke: ${ground}; stroke-width: 4px; stroke-linejoin: round; paint-order: stroke }
.grid { stroke: ${grid} }
.ours { fill: ${ours}; stroke: ${ours} }
.other { stroke: ${other} }
.line { fill: none; stroke-width: 3px; stroke-linejoin: round }`;

interface Words {
  readonly x: number;
  readonly y: number;
  readonly role?: 'text' | 'note';
  readonly size?: number;
  readonly bold?: boolean;
  readonly anchor?: 'start' | 'middle' | 'end';
}

export function words(
  text: string,
  { x, y, role = 'text', size, bold = false, anchor = 'start' }: Words,
): string {
  const looks = [
    size === undefined ? '' : ` font-size="${size}"`,
    bold ? ' font-weight="600"' : '',
    anchor === 'start' ? '' : ` text-anchor="${anchor}"`,
  ].join('');
  return `<text class="${role}" x="${pixels(x)}" y="${pixels(y)}"${looks}>${xmlText(text)}</text>`;
}

/** A coordinate in tenths of a pixel. */
export const pixels = (value: number): string => `${Number(value.toFixed(1))}`;

const xmlText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
