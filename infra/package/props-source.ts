import { OF_THE_APP } from '../options/of-the-app.ts';
import { OPTIONS, type OptionName } from '../options/options.ts';
import type { OptionSchema } from '../options/parse.ts';

/** Options that the construct documents by hand. */
const BY_HAND: readonly OptionName[] = ['configPath'];

/** What applies where an option is left out, if anything does. */
const UNSET: { readonly [name in OptionName]?: string } = {
  zones: 'the first two of the region',
  hosts: 'any host',
  http: 'closed',
  deletionProtection: 'true with a certificate, false without',
  listenerPort: '443 with a certificate, 80 without',
  allowedCidrs: 'the range of the VPC',
  customerDomains: "CloudFront's own name",
  runbookUrl: 'docs/runbook.md in this package',
  reservedConcurrency: "the function's share of the account's concurrency",
  functionSubnetIds: 'the function runs outside any VPC',
  resourceDocuments: 'true; false with listenerArn, or without room for the rule',
};

/** Types that a schema does not express. */
const TYPES: { readonly [name in OptionName]?: string } = {
  logRetentionDays: 'logs.RetentionDays',
  nativeClaims: 'readonly NativeClaim[]',
};

/** The options as properties of a construct. `npm run docs:options` writes the file. */
export function propsSource(): string {
  const options = Object.entries(OPTIONS).filter(
    ([name]) => ![...OF_THE_APP, ...BY_HAND].includes(name as OptionName),
  );
  const members = options.flatMap(([name, { default: fallback, description, parse }]) => [
    '  /**',
    // Here a list is an array, not text.
    `   * ${description.replace(', separated by commas', '').replaceAll('*/', '*\\/')}.`,
    '   *',
    `   * @default ${fallback === undefined ? `- ${UNSET[name as OptionName] ?? 'none'}` : literal(fallback)}`,
    '   */',
    member(name, [...(TYPES[name as OptionName] ?? typeOf(parse.schema)).split(' | '), 'undefined']),
  ]);
  return [
    '// Written by npm run docs:options.',
    "import type { aws_logs as logs } from 'aws-cdk-lib';",
    "import type { NativeClaim } from '../options/native-claims.ts';",
    '',
    '/** The options of docs/options.md as properties, except those that only the app takes. */',
    'export interface AuthorizerOptions {',
    ...members,
    '}',
    '',
  ].join('\n');
}

/** A member of the interface, as the formatter has it. */
function member(name: string, types: readonly string[]): string {
  const line = `  readonly ${name}?: ${types.join(' | ')};`;
  return line.length <= 110
    ? line
    : `  readonly ${name}?:\n${types.map((type) => `    | ${type}`).join('\n')};`;
}

function typeOf({ type = [], enum: values, anyOf }: OptionSchema): string {
  if (anyOf !== undefined) return 'readonly string[]';
  if (values !== undefined) {
    return values.includes(true) ? 'boolean' : values.map((value) => literal(value)).join(' | ');
  }
  return [type].flat().some((one) => one === 'integer' || one === 'number') ? 'number' : 'string';
}

/** A value as TypeScript has it. */
function literal(value: unknown): string {
  return JSON.stringify(value).replaceAll('"', "'");
}
