import type { Text } from '@codemirror/state';
import type { Checked } from '../contract.ts';

/** What the checker found, whether it makes the parameter invalid or not. */
export type Finding = Checked['problems'][number] | Checked['warnings'][number];

/** The range of what a finding is about: of an object or a list its first line, and the first character where it has no place. */
export function rangeOf({ location }: Finding, doc: Text): { readonly from: number; readonly to: number } {
  const from = Math.min(location?.start ?? 0, doc.length);
  const end = Math.min(location?.end ?? 0, doc.lineAt(from).to);
  return { from, to: Math.min(Math.max(end, from + 1), doc.length) };
}
