import type { ParameterName } from '../../contract.ts';
import { type Parsed, problem } from './parsed.ts';
import type { Problems } from './problems.ts';

/** Values of the parameters. A name is absent if the parameter was not found. */
export type ParameterValues = { readonly [name in ParameterName]?: string };

/**
 * The parsed value of a parameter; undefined if it has problems, which are collected. It is parsed without the white
 * space around it; `stored` includes it.
 */
export type ReadParameter = <T>(
  name: ParameterName,
  parse: (value: string, stored: string) => Parsed<T>,
) => T | undefined;

export const parameterReader =
  (values: ParameterValues, problems: Problems): ReadParameter =>
  (name, parse) => {
    const stored = values[name] ?? '';
    const value = stored.trim();
    return problems.take(name, value === '' ? problem('is missing') : parse(value, stored));
  };
