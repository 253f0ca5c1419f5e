import { harmless, withoutTokens } from '../harmless.ts';
import type { Look, Paint } from '../terminal-colors.ts';

/** A piece of a line, and how it looks in colour. */
export type Span = string | readonly [Look, string];
export type Line = string | readonly Span[];

/** Lines of output. They contain text of others, so each piece is made harmless before it is coloured. */
export function printed(lines: readonly Line[], paint: Paint): string {
  const safe = (text: string): string => withoutTokens(harmless(text.replaceAll('\n', ' ')));
  const painted = (span: Span): string =>
    typeof span === 'string' ? safe(span) : paint(span[0], safe(span[1]));
  return lines.map((line) => (typeof line === 'string' ? safe(line) : line.map(painted).join(''))).join('\n');
}

/** The same as JSON, for programs. */
export const printedJson = (value: unknown): string =>
  withoutTokens(harmless(JSON.stringify(value, null, 2)));
