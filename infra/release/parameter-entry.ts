import { OPTIONS, type OptionName } from '../options/options.ts';
import type { OptionSchema, Parse } from '../options/parse.ts';
import { OFFERED, type Offered, parameterName } from './offered-options.ts';
import { wholeNumberPattern } from './whole-numbers.ts';

/** A parameter as a template declares it. */
export type ParameterEntry = Readonly<Record<string, unknown>> & {
  readonly Type: string;
  readonly Default?: string | number;
};

interface Given {
  /** Whether the parameter may be left empty, or turns something on and off. */
  readonly isSwitch: boolean;
  /** Overrides the option's default. */
  readonly fallback: string | number | undefined;
}

/** The parameter for an option. It takes the same values as the option. */
export function parameterEntry(offered: Offered, { isSwitch, fallback }: Given): ParameterEntry {
  const { option, marker, instead = {}, type } = offered;
  const { default: ofOption, description, parse } = OPTIONS[option];
  const { schema } = parse;
  const Description = instead.description ?? inItsWords(description);
  if (typeof marker === 'boolean') {
    const byDefault = fallback ?? instead.default ?? String(ofOption ?? false);
    return {
      Type: 'String',
      AllowedValues: ['true', 'false'],
      Default: byDefault,
      Description,
      ConstraintDescription: 'must be true or false',
    };
  }
  const byDefault = fallback ?? instead.default ?? (isSwitch ? '' : scalar(ofOption));
  const common = {
    Description,
    ...(byDefault === undefined ? {} : { Default: byDefault }),
    ConstraintDescription: `must be ${isSwitch ? 'empty, or ' : ''}${instead.expected ?? expectedOf(parse)}`,
  };
  if (type !== undefined) return { Type: type, ...common };
  if ('enum' in schema && schema.enum !== undefined) {
    const isNumber = typeof ofOption === 'number';
    const values = schema.enum.filter((value) => typeof value === (isNumber ? 'number' : 'string'));
    return { Type: isNumber ? 'Number' : 'String', AllowedValues: values, ...common };
  }
  const pattern = instead.pattern ?? patternOf(schema);
  if (pattern === undefined)
    throw new Error(`The parameter ${parameterName(offered)} has no pattern and no list of values.`);
  return {
    ...common,
    Type: 'String',
    ...(byDefault === undefined ? {} : { Default: String(byDefault) }),
    AllowedPattern: isSwitch ? `^$|${pattern}` : pattern,
    ...(instead.maxLength === undefined ? {} : { MaxLength: instead.maxLength }),
  };
}

const patternOf = ({ minimum, maximum, pattern }: OptionSchema): string | undefined =>
  minimum === undefined || maximum === undefined ? pattern : wholeNumberPattern(minimum, maximum);

function scalar(value: unknown): string | number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

function expectedOf(parse: Parse<unknown>): string {
  const parsed = parse('');
  return 'expected' in parsed ? parsed.expected : 'text';
}

const NAMES: ReadonlyMap<string, string> = new Map(
  OFFERED.map((offered): [OptionName, string] => [offered.option, parameterName(offered)]),
);

/** An option's description for its parameter: without Markdown, and with the names of parameters in place of options. */
function inItsWords(description: string): string {
  return description.replaceAll('`', '').replace(/\b[a-z]+[A-Z]\w*\b/g, (word) => NAMES.get(word) ?? word);
}
