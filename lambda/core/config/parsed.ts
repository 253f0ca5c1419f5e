/** What parsing of one value gives: the typed value, or everything that is wrong with it. */
export type Parsed<T> = { readonly value: T } | { readonly problems: readonly string[] };

export const parsed = <T>(value: T): Parsed<T> => ({ value });

export const problem = (message: string): Parsed<never> => ({ problems: [message] });
