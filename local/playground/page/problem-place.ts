import type { Text } from '@codemirror/state';
import type { Checked } from '../contract.ts';

/** A problem, which makes the parameter invalid, or a warning. */
export type Finding = Checked['problems'][number] | Checked['warnings'][number];

/** The range of a finding: for an object or a list its first line, without a location the document's first character. */
export function rangeOf({ location }: Finding, doc: Text): { readonly from: number; readonly to: number } {
  const from = Math.min(location?.start ?? 0, doc.length);
  const end = Math.min(location?.end ?? 0, doc.lineAt(from).to);
  return { from, to: Math.min(Math.max(end, from + 1), doc.length) };
}
