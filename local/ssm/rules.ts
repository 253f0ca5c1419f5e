/** An error of the service, with its code and message. */
export interface SsmError {
  readonly type: string;
  readonly message: string;
}

/** A request of any operation, before its members are checked. */
export type Input = Readonly<Record<string, unknown>>;

/** Thrown in an operation; returned as the service would return it. */
export class SsmFault extends Error implements SsmError {
  override readonly name = 'SsmFault';
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

export type Tier = 'Standard' | 'Advanced';
export type ParameterType = 'String' | 'StringList' | 'SecureString';

const TIERS = ['Standard', 'Advanced', 'Intelligent-Tiering'];
const TYPES = ['String', 'StringList', 'SecureString'];
const STANDARD_LIMIT = 4096;
const ADVANCED_LIMIT = 8192;
const LEVELS = 15;
const DESCRIPTION_LIMIT = 1024;

export function invalid(message: string): SsmFault {
  return new SsmFault('ValidationException', message);
}

function violates(member: string, value: unknown, constraint: string): SsmFault {
  const shown = JSON.stringify(value)?.slice(0, 200);
  return invalid(
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html */
export function checkName(name: string): void {
  if (name.length > 1011) throw violates('name', name, 'Member must have length less than or equal to 1011');
  if (!/^[A-Za-z0-9_.\-/]+$/.test(name)) {
    throw invalid(
      'Only a mix of letters, numbers and the following 3 symbols .-_ are allowed in a parameter name.',
    );
  }
  if (name.includes('/') && !name.startsWith('/'))
    throw invalid('Parameter name must be a fully qualified name.');
  if (name.endsWith('/') || name.includes('//')) throw invalid(`Parameter name ${name} has an empty level.`);
  if (/^\/?(aws|ssm)/i.test(name)) {
    throw invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  }
  if (name.split('/').length - 1 > LEVELS) {
    throw new SsmFault('HierarchyLevelLimitExceededException', `A hierarchy has at most ${LEVELS} levels.`);
  }
}

/** Checks a value against the limits and the pattern; returns the parameter's tier. */
export function checkValue(
  value: string,
  options: {
    readonly tier: string | undefined;
    readonly current: Tier | undefined;
    readonly pattern?: string | undefined;
  },
): Tier {
  if (value === '') throw violates('value', value, 'Member must have length greater than or equal to 1');
  if (/\{\{[\s\S]*?\}\}/.test(value)) {
    throw invalid('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.');
  }
  checkPattern(value, options.pattern);
  const size = Buffer.byteLength(value);
  if (size > ADVANCED_LIMIT) {
    throw invalid(
      `Advanced tier parameters support a maximum parameter value of ${ADVANCED_LIMIT} characters.`,
    );
  }
  const wanted = options.tier ?? options.current ?? 'Standard';
  if (wanted === 'Standard' && options.current === 'Advanced') {
    throw invalid(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier.",
    );
  }
  if (wanted === 'Standard' && size > STANDARD_LIMIT) {
    throw invalid(
      `Standard tier parameters support a maximum parameter value of ${STANDARD_LIMIT} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier.`,
    );
  }
  return wanted === 'Advanced' || options.current === 'Advanced' || size > STANDARD_LIMIT
    ? 'Advanced'
    : 'Standard';
}

function checkPattern(value: string, pattern: string | undefined): void {
  if (pattern === undefined) return;
  let compiled: RegExp;
  try {
    compiled = new RegExp(pattern);
  } catch {
    throw new SsmFault('InvalidAllowedPatternException', `${pattern} is not a regular expression.`);
  }
  if (!compiled.test(value)) {
    throw new SsmFault(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
    );
  }
}

export function readText(input: Input, member: string): string {
  const value = input[member];
  if (typeof value === 'string') return value;
  throw violates(lowerFirst(member), value, 'Member must not be null');
}

export function readOptionalText(input: Input, member: string): string | undefined {
  return input[member] === undefined || input[member] === null ? undefined : readText(input, member);
}

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
export function readDescription(input: Input): string | undefined {
  const description = readOptionalText(input, 'Description');
  if (description === undefined || description.length <= DESCRIPTION_LIMIT) return description;
  throw violates(
    'description',
    description,
    `Member must have length less than or equal to ${DESCRIPTION_LIMIT}`,
  );
}

/** A list of one to ten names. */
export function readNames(input: Input): string[] {
  const value = input.Names;
  if (!Array.isArray(value) || value.length < 1) {
    throw violates('names', value, 'Member must have length greater than or equal to 1');
  }
  if (value.length > 10) throw violates('names', value, 'Member must have length less than or equal to 10');
  return value.map(String);
}

export function readType(input: Input): ParameterType | undefined {
  return oneOf(input, 'Type', TYPES) as ParameterType | undefined;
}

export function readTier(input: Input): string | undefined {
  return oneOf(input, 'Tier', TIERS);
}

function oneOf(input: Input, member: string, allowed: readonly string[]): string | undefined {
  const value = readOptionalText(input, member);
  if (value === undefined || allowed.includes(value)) return value;
  throw violates(lowerFirst(member), value, `Member must satisfy enum value set: [${allowed.join(', ')}]`);
}

/** One page of a listing; the token is the position of the next page. */
export function page<T>(
  items: readonly T[],
  input: Input,
  limits: { readonly most: number; readonly usual: number },
): { items: readonly T[]; next: { NextToken?: string } } {
  const size = input.MaxResults ?? limits.usual;
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > limits.most) {
    throw violates('maxResults', size, `Member must have value between 1 and ${limits.most}`);
  }
  const token = readOptionalText(input, 'NextToken');
  const from = token === undefined ? 0 : Number(/^local-(\d+)$/.exec(token)?.[1] ?? Number.NaN);
  if (Number.isNaN(from)) throw new SsmFault('InvalidNextToken', 'The specified token is not valid.');
  const to = from + size;
  return { items: items.slice(from, to), next: to < items.length ? { NextToken: `local-${to}` } : {} };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
