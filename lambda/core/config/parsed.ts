/** What parsing of one value gives: the typed value, or everything that is wrong with it. */
export type Parsed<T> = { readonly value: T } | { readonly problems: readonly string[] };

export const parsed = <T>(value: T): Parsed<T> => ({ value });

export const problem = (message: string): Parsed<never> => ({ problems: [message] });

/** A list, if there is nothing wrong with any of its elements; what is begins with the element's index. */
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
