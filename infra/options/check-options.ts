import { contradictions } from './contradictions.ts';
import type { OptionName } from './options.ts';
import { formatProblems } from './parse-options.ts';
import { takeOptions } from './take-options.ts';

/**
 * Checks a construct's properties by the rules of the app's options.
 *
 * @param place the construct's path, with which the error begins.
 * @param given values by the names of the options; undefined where one is not given.
 * @param called the construct's names for options, where they differ.
 * @param further other problems to report.
 * @throws an error with every problem.
 */
export function checkOptions(
  place: string,
  given: Readonly<Partial<Record<OptionName, unknown>>>,
  called: Readonly<Partial<Record<OptionName, string>>> = {},
  further: readonly string[] = [],
): void {
  const { values, problems } = takeOptions(
    Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : { name, given: value, place: '' },
    ),
  );
  const names = new RegExp(`\\b(?:${['-', ...Object.keys(called)].join('|')})\\b`, 'g');
  const inItsWords = (problem: string) =>
    problem.replace(names, (name) => called[name as OptionName] ?? name);
  throwProblems(place, [...[...problems, ...contradictions(values)].map(inItsWords), ...further]);
}

/** Throws an error with all the problems, if there are any. */
export function throwProblems(place: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`${place}: ${formatProblems(problems)}`);
}
