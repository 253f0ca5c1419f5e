import { harmless, withoutTokens } from '../harmless.ts';
import type { Look, Paint } from '../terminal-colors.ts';

/** A piece of a line, and how it looks where there are colours. */
export type Span = string | readonly [Look, string];
export type Line = string | readonly Span[];

/** Lines of output. What others wrote is in them, so each piece is made harmless before a colour is put around it. */
export function printed(lines: readonly Line[], paint: Paint): string {
  const safe = (text: string): string => withoutTokens(harmless(text.replaceAll('\n', ' ')));
  const painted = (span: Span): string =>
    typeof span === 'string' ? safe(span) : paint(span[0], safe(span[1]));
  return lines.map((line) => (typeof line === 'string' ? safe(line) : line.map(painted).join(''))).join('\n');
}

/** A value as JSON for programs, in which they find the same. */
export const printedJson = (value: unknown): string =>
  withoutTokens(harmless(JSON.stringify(value, null, 2)));
