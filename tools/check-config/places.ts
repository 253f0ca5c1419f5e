import type { ParameterName } from '../../lambda/contract.ts';
import { isAboutName } from '../../lambda/core/config/issue-wording.ts';
import {
  findPlaces,
  indentOf,
  type JsonPlaces,
  lineAndColumn,
  placeOf,
} from '../../lambda/core/config/json-places.ts';
import type { Span } from '../../lambda/core/config/json-syntax.ts';
import { unpackWhole } from '../../lambda/core/config/pack.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';

/** A location in a parameter's text: the given one, or what it unpacks to. */
export interface Location extends Span {
  /** `LINE:COLUMN` of the start, both from 1. */
  readonly at: string;
}

/** Finds the place that a message about a parameter begins with. If it names none, returns undefined, or the `whole`. */
export type Locate = (parameter: ParameterName, message: string, otherwise?: 'whole') => Location | undefined;

interface Text {
  readonly text: string;
  readonly indent: number;
  readonly places: JsonPlaces;
}

/** The parameters whose value is JSON. */
export const JSON_PARAMETERS = ['policy', 'revocations'] as const satisfies readonly ParameterName[];

/** Finds places in the JSON parameters, and reads each parameter once. */
export function createLocate(values: ParameterValues): Locate {
  const texts = new Map<ParameterName, Text | undefined>(
    JSON_PARAMETERS.map((parameter) => [parameter, readPlaces(values[parameter] ?? '')] as const),
  );
  return (parameter, message, otherwise) => {
    const read = texts.get(parameter);
    if (read === undefined) return undefined;
    const { text, indent, places } = read;
    const span = spanOf(places, message, otherwise);
    if (span === undefined) return undefined;
    const start = span.start + indent;
    return { start, end: Math.min(span.end + indent, text.length), at: lineAndColumn(text, start) };
  };
}

function spanOf(places: JsonPlaces, message: string, otherwise?: 'whole'): Span | undefined {
  if (places.kind === 'error') return { start: places.offset, end: places.offset + 1 };
  if (places.kind === 'unknown') return undefined;
  return (
    placeOf(message, isAboutName(message) ? places.names : places.places) ??
    (otherwise && places.places.get(''))
  );
}

/** Reads a JSON parameter; undefined if there is none, or if it cannot be unpacked. */
function readPlaces(value: string): Text | undefined {
  const unpacked = unpackWhole(value);
  if (value.trim() === '' || 'problems' in unpacked) return undefined;
  const text = unpacked.value;
  return { text, indent: indentOf(text), places: findPlaces(text.trim()) };
}
