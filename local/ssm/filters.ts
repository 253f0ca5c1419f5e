import { type Input, SsmFault } from './rules.ts';
import type { StoredParameter } from './stored-parameter.ts';

interface Filter {
  readonly Key?: unknown;
  readonly Option?: unknown;
  readonly Values?: unknown;
}

/** Filter keys that compare a text with the filter's values. */
const TEXTS: Readonly<Record<string, (parameter: StoredParameter) => string>> = {
  Name: ({ name }) => name,
  Type: ({ type }) => type,
  Tier: ({ tier }) => tier,
  DataType: ({ dataType }) => dataType,
};

const COMPARISONS: Readonly<Record<string, (text: string, value: string) => boolean>> = {
  Equals: (text, value) => text === value,
  BeginsWith: (text, value) => text.startsWith(value),
  Contains: (text, value) => text.includes(value),
};

/**
 * Whether a parameter passes all `ParameterFilters` and (older) `Filters` of a request.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html
 */
export function matchesFilters(parameter: StoredParameter, input: Input): boolean {
  const newer = list(input.ParameterFilters);
  // The older kind has no option, and matches names by prefix.
  const older = list(input.Filters).map((filter) => ({
    Option: filter.Key === 'Name' ? 'BeginsWith' : 'Equals',
    ...filter,
  }));
  return [...newer, ...older].every((filter) => matches(parameter, filter));
}

function matches(parameter: StoredParameter, { Key, Option = 'Equals', Values }: Filter): boolean {
  const values = Array.isArray(Values) ? Values.map(String) : [];
  if (Key === 'Path') {
    const recursive = Option === 'Recursive';
    if (!recursive && Option !== 'OneLevel' && Option !== 'Equals') throw badOption(Option);
    return values.some((path) => {
      const prefix = path.endsWith('/') ? path : `${path}/`;
      const { name } = parameter;
      return name.startsWith(prefix) && (recursive || !name.slice(prefix.length).includes('/'));
    });
  }
  const text = TEXTS[String(Key)];
  if (!text) {
    throw new SsmFault(
      'InvalidFilterKey',
      `The local SSM does not support the filter ${String(Key)}, only Path, ${Object.keys(TEXTS).join(', ')}.`,
    );
  }
  const compare = COMPARISONS[String(Option)];
  if (!compare) throw badOption(Option);
  return values.length === 0 || values.some((value) => compare(text(parameter), value));
}

function badOption(option: unknown): SsmFault {
  return new SsmFault('InvalidFilterOption', `The specified filter option is not valid: ${String(option)}`);
}

/** A parameter's metadata, as `DescribeParameters` shows it: everything except the value. */
export function describedBy(parameter: StoredParameter): object {
  return {
    Name: parameter.name,
    Type: parameter.type,
    LastModifiedDate: parameter.modified,
    Version: parameter.version,
    Tier: parameter.tier,
    Policies: [],
    DataType: parameter.dataType,
    ...(parameter.description === undefined ? {} : { Description: parameter.description }),
    ...(parameter.allowedPattern === undefined ? {} : { AllowedPattern: parameter.allowedPattern }),
  };
}

function list(value: unknown): Filter[] {
  return Array.isArray(value) ? value : [];
}
