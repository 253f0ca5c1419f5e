import type { ParameterName } from '../../lambda/contract.ts';
import type { Config } from '../../lambda/core/config/config.ts';
import { findPlaces, lineAndColumn, placeOf } from '../../lambda/core/config/json-places.ts';
import { unpack } from '../../lambda/core/config/pack.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import type { ParameterValues } from '../../lambda/core/config/read-parameter.ts';
import { parseJson } from '../../lambda/core/config/parse-json.ts';
import { type PolicyDocument, PolicySchema } from '../../lambda/core/config/policy-schema.ts';
import { type Size, sizeOf, sizeWarning } from './sizes.ts';
import { warningsOf } from './warnings.ts';

export interface LocatedProblem {
  readonly parameter: ParameterName;
  /** In the words of the function's log. */
  readonly message: string;
  /** Line and column in the (unpacked) text, where the parameter is JSON. */
  readonly at: string | undefined;
}

export interface CheckedParameters {
  readonly problems: readonly LocatedProblem[];
  readonly warnings: readonly string[];
  /** Undefined where there are problems. */
  readonly config: Config | undefined;
  readonly policy: PolicyDocument;
  readonly sizes: Readonly<Partial<Record<ParameterName, Size>>>;
}

const JSON_PARAMETERS = ['policy', 'revocations'] as const;

/** Parses parameters as the function does, and looks at what parses with a reader's eyes. */
export async function checkParameters(values: ParameterValues): Promise<CheckedParameters> {
  const parsed = await parseConfig(values, 'as given');
  const policyDocument = parseJson(PolicySchema, values.policy?.trim() ?? '{}');
  const policy = 'value' in policyDocument ? policyDocument.value : {};
  if ('problems' in parsed) {
    const problems = parsed.problems.map(({ parameter, message }) => ({
      parameter,
      message,
      at: locate(values[parameter] ?? '', parameter, message),
    }));
    return { problems, warnings: [], config: undefined, policy, sizes: {} };
  }
  const sizes = Object.fromEntries(JSON_PARAMETERS.map((name) => [name, sizeOf(values[name] ?? '')]));
  const tooLarge = Object.entries(sizes).flatMap(([name, size]) => sizeWarning(name, size) ?? []);
  const warnings = [...warningsOf(policy, parsed.config), ...tooLarge];
  return { problems: [], warnings, config: parsed.config, policy, sizes };
}

function locate(value: string, parameter: ParameterName, message: string): string | undefined {
  if (!JSON_PARAMETERS.some((name) => name === parameter)) return undefined;
  const text = textOf(value);
  if (text === undefined || text.trim() === '') return undefined;
  const places = placesIn(text);
  if (places.kind === 'unknown') return undefined;
  const offset = places.kind === 'error' ? places.offset : placeOf(message, places.places)?.start;
  return offset === undefined ? undefined : lineAndColumn(text, offset + indent(text));
}

function textOf(value: string): string | undefined {
  const trimmed = value.trim();
  if (!trimmed.startsWith('gz:')) return value;
  const unpacked = unpack(trimmed);
  return 'value' in unpacked ? unpacked.value : undefined;
}

const placesIn = (text: string) => findPlaces(text.trim());
const indent = (text: string): number => text.length - text.trimStart().length;
