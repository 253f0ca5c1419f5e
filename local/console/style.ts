/** Words that stand out on a terminal, or stay as they are where there is none. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** SGR parameters that begin and end each, https://www.ecma-international.org/publications-and-standards/standards/ecma-48/ */
const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  green: [32, 39],
  yellow: [33, 39],
  red: [31, 39],
  cyan: [36, 39],
} as const satisfies Record<keyof Style, readonly [number, number]>;

export function createStyle(colored: boolean): Style {
  const style = (name: keyof Style) => {
    const [begin, end] = CODES[name];
    return (text: string) => (colored && text !== '' ? `\u001b[${begin}m${text}\u001b[${end}m` : text);
  };
  return {
    bold: style('bold'),
    dim: style('dim'),
    green: style('green'),
    yellow: style('yellow'),
    red: style('red'),
    cyan: style('cyan'),
  };
}
