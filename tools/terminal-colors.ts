import { styleText } from 'node:util';

/** How a piece of output looks, by what it means. */
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
 * Colours where the output is a terminal. FORCE_COLOR switches them on, or off by `0`, whatever the output is; NO_COLOR
 * switches them off (https://no-color.org).
 */
export function paintFor(
  output: { readonly isTTY?: boolean },
  { FORCE_COLOR, NO_COLOR, TERM }: Readonly<Record<string, string | undefined>>,
): Paint {
  if (FORCE_COLOR !== undefined) return /^(?:0|false)$/.test(FORCE_COLOR) ? plain : colored;
  return output.isTTY === true && (NO_COLOR ?? '') === '' && TERM !== 'dumb' ? colored : plain;
}
