/** The result of parsing one value: the typed value, or all of its problems. */
export type Parsed<T> = { readonly value: T } | { readonly problems: readonly string[] };

export const parsed = <T>(value: T): Parsed<T> => ({ value });

export const problem = (message: string): Parsed<never> => ({ problems: [message] });

/** A list, if none of its elements has a problem. Each problem begins with the element's index. */
export function parsedList<T>(
  elements: readonly T[],
  problemOf: (element: T) => string | undefined,
): Parsed<readonly T[]> {
  const problems = elements.flatMap((element, index) => {
    const message = problemOf(element);
    return message === undefined ? [] : [`${index}: ${message}`];
  });
  return problems.length > 0 ? { problems } : parsed(elements);
}
