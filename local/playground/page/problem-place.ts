import { syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';

/** The range of what a problem is about, from its `LINE:COLUMN`; the first character where it has none. */
export function placeOf(
  at: string | undefined,
  state: EditorState,
): { readonly from: number; readonly to: number } {
  const [line = 1, column = 1] = at?.split(':').map(Number) ?? [];
  const { from, to } = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  const start = Math.min(from + column - 1, to);
  const node = syntaxTree(state).resolveInner(start, 1);
  // Of an object or a list that is at fault, the first line.
  const end = node.from === start ? Math.min(node.to, to) : start + 1;
  return { from: start, to: Math.min(Math.max(end, start + 1), Math.max(state.doc.length, start)) };
}
