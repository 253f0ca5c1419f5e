import { styleText } from 'node:util';

/** How a piece of output looks, named by its meaning. */
export type Look = 'good' | 'bad' | 'note' | 'dim' | 'strong';

export type Paint = (look: Look, text: string) => string;

export const plain: Paint = (_, text) => text;

const FORMATS = {
  good: 'green',
  bad: 'red',
  note: 'yellow',
  dim: 'dim',
  strong: 'bold',
} as const satisfies Record<Look, Parameters<typeof styleText>[0]>;

export const colored: Paint = (look, text) =>
  text === '' ? '' : styleText(FORMATS[look], text, { validateStream: false });

/**
 * Whether to write in colours: if the output is a terminal. FORCE_COLOR switches them on, or with `0` off, whatever the
 * output is. Otherwise NO_COLOR switches them off (https://no-color.org). Node.js gives them the same precedence.
 */
export function wantsColors(
  { isTTY }: { readonly isTTY?: boolean },
  { FORCE_COLOR, NO_COLOR, TERM }: Readonly<Record<string, string | undefined>>,
): boolean {
  if (FORCE_COLOR !== undefined) return !/^(?:0|false)$/.test(FORCE_COLOR);
  return isTTY === true && (NO_COLOR ?? '') === '' && TERM !== 'dumb';
}

export const paintFor = (...given: Parameters<typeof wantsColors>): Paint =>
  wantsColors(...given) ? colored : plain;
