import { describedBy, matchesFilters } from './filters.ts';
import {
  checkName,
  checkValue,
  type Input,
  invalid,
  type ParameterType,
  page,
  readDescription,
  readNames,
  readOptionalText,
  readText,
  readTier,
  readType,
  type SsmError,
  SsmFault,
} from './rules.ts';
import type { StoredParameter } from './stored-parameter.ts';

export type SsmResult =
  | { readonly ok: true; readonly output: object }
  | { readonly ok: false; readonly error: SsmError };

/** A change of a parameter: the detail of EventBridge's "Parameter Store Change", and the value. */
export interface ParameterChange {
  readonly name: string;
  readonly operation: 'Create' | 'Update' | 'Delete';
  readonly type: ParameterType;
  /** The new value, or the last one before a deletion. */
  readonly value: string;
  /** The version of that value. */
  readonly version: number;
  readonly description?: string;
}

export interface ParameterStore {
  /** Runs an operation of the API by its name. */
  execute(operation: string, input: Input): SsmResult;
}

/** How many versions of a parameter remain readable as `name:version`. */
const VERSIONS_KEPT = 100;

/**
 * SSM Parameter Store in memory, with the operations that applications and operators use for configuration.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/
 */
export function createParameterStore(options: {
  readonly region: string;
  readonly account: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called after each change. */
  readonly onChange: (change: ParameterChange) => void;
}): ParameterStore {
  const histories = new Map<string, readonly StoredParameter[]>();
  const tags = new Map<string, readonly unknown[]>();
  const arn = (name: string) =>
    `arn:aws:ssm:${options.region}:${options.account}:parameter${name.startsWith('/') ? '' : '/'}${name}`;
  const newest = (name: string) => histories.get(name)?.at(-1);
  const changed = (operation: ParameterChange['operation'], parameter: StoredParameter) => {
    const { name, type, value, version, description } = parameter;
    options.onChange({
      name,
      operation,
      type,
      value,
      version,
      ...(description === undefined ? {} : { description }),
    });
  };
  /** Returns whether the parameter existed. */
  const remove = (name: string): boolean => {
    const parameter = newest(name);
    histories.delete(name);
    if (parameter) changed('Delete', parameter);
    return parameter !== undefined;
  };
  const sorted = () =>
    [...histories.keys()].sort().flatMap((name) => {
      const parameter = newest(name);
      return parameter ? [parameter] : [];
    });

  /** Finds a parameter by name or ARN, with or without `:VERSION`. */
  const find = (wanted: string): { parameter: StoredParameter; selector?: string } | undefined => {
    const [, path = '', selector] =
      /^(?:arn:[^:]*:ssm:[^:]*:[^:]*:parameter)?([^:]*)(:.*)?$/.exec(wanted) ?? [];
    const history = histories.get(path) ?? (path.startsWith('/') ? histories.get(path.slice(1)) : undefined);
    const latest = history?.at(-1);
    if (!history || !latest) return undefined;
    if (selector === undefined) return { parameter: latest };
    const parameter = history.find(({ version }) => `:${version}` === selector);
    if (parameter) return { parameter, selector };
    throw new SsmFault(
      'ParameterVersionNotFound',
      `Systems Manager could not find version ${selector.slice(1)} of ${path}.`,
    );
  };

  const shown = (
    { parameter, selector }: { parameter: StoredParameter; selector?: string },
    input: Input,
  ) => ({
    ARN: arn(parameter.name),
    DataType: parameter.dataType,
    LastModifiedDate: parameter.modified,
    Name: parameter.name,
    ...(selector === undefined ? {} : { Selector: selector }),
    Type: parameter.type,
    Value:
      parameter.type === 'SecureString' && input.WithDecryption !== true
        ? Buffer.from(`encrypted:${parameter.value}`).toString('base64')
        : parameter.value,
    Version: parameter.version,
  });

  /** One version, as GetParameterHistory shows it. All local callers are one user. */
  const pastOf = (parameter: StoredParameter, input: Input) => ({
    ...describedBy(parameter),
    LastModifiedUser: `arn:aws:iam::${options.account}:user/local`,
    Value: shown({ parameter }, input).Value,
    Labels: [],
  });

  const operations: Record<string, (input: Input) => object> = {
    GetParameter(input) {
      const found = find(readText(input, 'Name'));
      if (!found) throw new SsmFault('ParameterNotFound', `Parameter ${input.Name} not found.`);
      return { Parameter: shown(found, input) };
    },

    GetParameters(input) {
      const names = [...new Set(readNames(input))].sort();
      const results = names.map((name) => ({ name, found: find(name) }));
      return {
        InvalidParameters: results.filter(({ found }) => !found).map(({ name }) => name),
        Parameters: results.flatMap(({ found }) => (found ? [shown(found, input)] : [])),
      };
    },

    GetParametersByPath(input) {
      const path = readText(input, 'Path');
      if (!path.startsWith('/')) {
        throw invalid(
          'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/".',
        );
      }
      const prefix = path.endsWith('/') ? path : `${path}/`;
      const within = sorted()
        .filter(({ name }) => name.startsWith(prefix))
        .filter(({ name }) => input.Recursive === true || !name.slice(prefix.length).includes('/'))
        .filter((parameter) => matchesFilters(parameter, input));
      const { items, next } = page(within, input, { most: 10, usual: 10 });
      return { Parameters: items.map((parameter) => shown({ parameter }, input)), ...next };
    },

    PutParameter(input) {
      const name = readText(input, 'Name');
      const value = readText(input, 'Value');
      checkName(name);
      const history = histories.get(name) ?? [];
      const current = history.at(-1);
      if (current && input.Overwrite !== true) {
        throw new SsmFault(
          'ParameterAlreadyExists',
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
        );
      }
      const type = readType(input) ?? current?.type;
      if (!type) throw invalid('A parameter type is required when you create a parameter.');
      if (current && current.type !== type) {
        throw new SsmFault(
          'HierarchyTypeMismatchException',
          `Parameter Store doesn't support changing a parameter type (${name} is a ${current.type}).`,
        );
      }
      if (input.Overwrite === true && Array.isArray(input.Tags) && input.Tags.length > 0) {
        throw invalid("Invalid request: tags and overwrite can't be used together.");
      }
      const allowedPattern = readOptionalText(input, 'AllowedPattern') ?? current?.allowedPattern;
      const tier = checkValue(value, {
        tier: readTier(input),
        current: current?.tier,
        pattern: allowedPattern,
      });
      const version = (current?.version ?? 0) + 1;
      const parameter: StoredParameter = {
        name,
        type,
        value,
        version,
        modified: Math.round(options.now()) / 1000,
        tier,
        dataType: readOptionalText(input, 'DataType') ?? current?.dataType ?? 'text',
        description: readDescription(input) ?? current?.description,
        allowedPattern,
      };
      histories.set(name, [...history, parameter].slice(-VERSIONS_KEPT));
      if (!current) tags.set(name, Array.isArray(input.Tags) ? input.Tags : []);
      changed(current ? 'Update' : 'Create', parameter);
      return { Tier: tier, Version: version };
    },

    GetParameterHistory(input) {
      const name = readText(input, 'Name');
      const history = histories.get(name);
      if (!history) throw new SsmFault('ParameterNotFound', `Parameter ${name} not found.`);
      const { items, next } = page(history, input, { most: 50, usual: 50 });
      return { Parameters: items.map((parameter) => pastOf(parameter, input)), ...next };
    },

    DeleteParameter(input) {
      const name = readText(input, 'Name');
      if (!remove(name)) throw new SsmFault('ParameterNotFound', `Parameter ${name} not found.`);
      return {};
    },

    DeleteParameters(input) {
      const names = readNames(input);
      const deleted = names.filter(remove);
      return {
        DeletedParameters: deleted,
        InvalidParameters: names.filter((name) => !deleted.includes(name)),
      };
    },

    ListTagsForResource(input) {
      const name = readText(input, 'ResourceId');
      if (input.ResourceType !== 'Parameter' || !newest(name)) {
        throw new SsmFault('InvalidResourceId', `There is no parameter ${name}.`);
      }
      return { TagList: tags.get(name) ?? [] };
    },

    DescribeParameters(input) {
      const matching = sorted().filter((parameter) => matchesFilters(parameter, input));
      const { items, next } = page(matching, input, { most: 50, usual: 50 });
      return {
        Parameters: items.map((parameter) => ({ ARN: arn(parameter.name), ...describedBy(parameter) })),
        ...next,
      };
    },
  };

  return {
    execute(operation, input) {
      const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      try {
        if (run) return { ok: true, output: run(input) };
        const supported = Object.keys(operations).join(', ');
        throw new SsmFault(
          'UnknownOperationException',
          `The local SSM does not support ${operation}, only ${supported}.`,
        );
      } catch (error) {
        if (!(error instanceof SsmFault)) throw error;
        return { ok: false, error: { type: error.type, message: error.message } };
      }
    },
  };
}
