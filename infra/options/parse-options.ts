import { contradictions } from './contradictions.ts';
import { deploymentNames } from './deployment-names.ts';
import { nearestName } from './nearest-name.ts';
import { OPTIONS, type OptionName, type Options, type OptionValues } from './options.ts';

export type ParsedOptions =
  | { readonly kind: 'ok'; readonly options: Options }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** CDK keeps feature flags, cached lookups and CLI settings in the same bag. None of ours look so. */
function belongsToCdk(name: string): boolean {
  return /[@:/]/.test(name) || name.startsWith('cli-') || name === 'acknowledged-issue-numbers';
}

function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

/**
 * Parses context into options, reporting every problem at once.
 *
 * @param context all context values, CDK's own among them.
 * @param cdkDefaults the environment variables that the CDK CLI sets from the caller's credentials.
 */
export function parseOptions(
  context: Readonly<Record<string, unknown>>,
  cdkDefaults: { readonly CDK_DEFAULT_ACCOUNT?: string; readonly CDK_DEFAULT_REGION?: string },
): ParsedOptions {
  const problems: string[] = [];
  const found: Record<string, unknown> = {};
  for (const [name, { default: fallback }] of Object.entries(OPTIONS)) {
    found[name] = fallback;
  }
  for (const [name, given] of Object.entries(context)) {
    if (belongsToCdk(name)) {
      continue;
    }
    if (!isOptionName(name)) {
      const near = nearestName(name, Object.keys(OPTIONS));
      problems.push(`${name} is not an option${near === undefined ? '' : `; did you mean ${near}?`}`);
      continue;
    }
    const parsed = OPTIONS[name].parse(String(given));
    if ('expected' in parsed) {
      problems.push(`${name} must be ${parsed.expected}; it is ${JSON.stringify(given)}`);
      // It was meant to be given, so whatever needs it is no problem of its own.
      found[name] = given;
    } else {
      found[name] = parsed.value;
    }
  }

  const values = found as unknown as OptionValues;
  problems.push(...contradictions(values));
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = cdkDefaults;
  const env = values.vpcId !== undefined && account && region ? { account, region } : undefined;
  if (values.vpcId !== undefined && env === undefined) {
    problems.push(
      'vpcId needs an account and a region to look the VPC up in; sign in to AWS, or set AWS_PROFILE and AWS_REGION',
    );
  }
  return problems.length > 0
    ? { kind: 'invalid', problems }
    : { kind: 'ok', options: { ...values, ...deploymentNames(values), env } };
}

/** One message with every problem and what there is to choose from. */
export function formatProblems(problems: readonly string[]): string {
  return [
    `Cannot synthesize, ${problems.length === 1 ? 'a context value is' : `${problems.length} context values are`} wrong:`,
    ...problems.map((problem) => `  - ${problem}`),
    `Options (-c name=value): ${Object.keys(OPTIONS).join(', ')}`,
  ].join('\n');
}
