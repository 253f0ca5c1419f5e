import { spell, withUpperCaseHex } from './spelling.ts';
import { fold, type Step, type StepName } from './steps.ts';

/** What some server may make of a path. */
export interface Reading {
  readonly text: string;
  /** Whether case is lost: then it can only be compared with what has lost it, too. */
  readonly folded: boolean;
  /** What it was made of, and by which step; undefined for the path itself. */
  readonly from: Reading | undefined;
  readonly step: StepName | undefined;
}

/** Beyond these a path is refused: more readings, or more characters in all of them, no honest path has. */
export const MAX_READINGS = 256;
export const MAX_CHARACTERS = 128 * 1024;

/**
 * Visits the readings of a path, which are all that the steps make of it in any order, those of fewer steps first; the
 * first of all is the path in its one spelling. Stops at the first reading for which the visitor returns an answer;
 * `too-many` where there are more than it should take.
 * `foldsApart` is whether a text counts once more when it is folded and still the same.
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
  let answer = add(spelled);
  if (answer === undefined && steps.some(({ name }) => name === 'raw')) {
    answer = add({ text: withUpperCaseHex(path), folded: false, from: spelled, step: 'raw' });
  }
  // The list grows meanwhile.
  for (let i = 0; i < found.length && answer === undefined; i++) {
    const from = found[i] as Reading;
    for (const { name, read } of steps) {
      const text = read(from.text);
      const folded = from.folded || name === 'fold';
      if (text === from.text && (folded === from.folded || !foldsApart)) continue;
      answer = add({ text: from.folded ? fold(text) : text, folded, from, step: name });
      if (answer !== undefined) break;
    }
  }
  return answer;
}

/** The steps that led to a reading, in their order. */
export function stepsTo(reading: Reading): StepName[] {
  const steps: StepName[] = [];
  for (let at: Reading | undefined = reading; at?.step !== undefined; at = at.from) steps.unshift(at.step);
  return steps;
}
