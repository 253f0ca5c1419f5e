import { spell, withUpperCaseHex } from './spelling.ts';
import { fold, type Step, type StepName } from './steps.ts';

/** How some server may read a path. */
export interface Reading {
  readonly text: string;
  /** Whether case is lost. Then it can be compared only with texts that have lost it too. */
  readonly folded: boolean;
  /** The reading and the step that it was made from; undefined for the path itself. */
  readonly from: Reading | undefined;
  readonly step: StepName | undefined;
}

/** Beyond these a path is rejected: no honest path has more readings, or more characters in all of them together. */
export const MAX_READINGS = 256;
export const MAX_CHARACTERS = 128 * 1024;

/**
 * Visits the readings of a path: everything that the steps make of it in any order, fewer steps first. The first of all
 * is the path in its one spelling. Stops at the first reading for which the visitor returns a result. Returns
 * `too-many` if there are more readings than allowed. `foldsApart` says whether a text that folding does not change
 * counts as another reading once it is folded.
 */
export function visitReadings<T>(
  path: string,
  steps: readonly Step[],
  visit: (reading: Reading) => T | undefined,
  foldsApart = true,
): T | 'too-many' | undefined {
  const found: Reading[] = [];
  const seen = { exact: new Set<string>(), folded: new Set<string>() };
  let characters = 0;

  function add(reading: Reading): T | 'too-many' | undefined {
    const same = reading.folded ? seen.folded : seen.exact;
    if (same.has(reading.text)) return undefined;
    same.add(reading.text);
    found.push(reading);
    characters += reading.text.length;
    return found.length > MAX_READINGS || characters > MAX_CHARACTERS ? 'too-many' : visit(reading);
  }

  const spelled: Reading = { text: spell(path), folded: false, from: undefined, step: undefined };
  let result = add(spelled);
  if (result === undefined && steps.some(({ name }) => name === 'raw')) {
    result = add({ text: withUpperCaseHex(path), folded: false, from: spelled, step: 'raw' });
  }
  // The list grows meanwhile.
  for (let i = 0; i < found.length && result === undefined; i++) {
    const from = found[i] as Reading;
    for (const { name, read } of steps) {
      const text = read(from.text);
      const folded = from.folded || name === 'fold';
      if (text === from.text && (folded === from.folded || !foldsApart)) continue;
      result = add({ text: from.folded ? fold(text) : text, folded, from, step: name });
      if (result !== undefined) break;
    }
  }
  return result;
}

/** The steps that led to a reading, in their order. */
export function stepsTo(reading: Reading): StepName[] {
  const steps: StepName[] = [];
  for (let at: Reading | undefined = reading; at?.step !== undefined; at = at.from) steps.unshift(at.step);
  return steps;
}
