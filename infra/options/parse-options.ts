import { isDeepStrictEqual } from 'node:util';
import { harmlessLine } from '../../tools/harmless.ts';
import { contradictions } from './contradictions.ts';
import { deploymentNames } from './deployment-names.ts';
import { OPTIONS, type OptionName, type Options } from './options.ts';
import type { Parse } from './parse.ts';
import { parseValue } from './parse-value.ts';
import { placeProblems } from './places.ts';
import type { Stage } from './stage-file.ts';
import { isOptionName, takeOptions } from './take-options.ts';

export type ParsedOptions =
  | { readonly kind: 'ok'; readonly options: Options; readonly warnings: readonly string[] }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** The environment variables that the CDK CLI sets from the caller's credentials. */
export interface CdkDefaults {
  readonly CDK_DEFAULT_ACCOUNT?: string;
  readonly CDK_DEFAULT_REGION?: string;
}

/** CDK keeps feature flags, cached lookups and CLI settings in the context, too. None of our names look like theirs. */
function belongsToCdk(name: string): boolean {
  return /[@:/]/.test(name) || name.startsWith('cli-') || name === 'acknowledged-issue-numbers';
}

/**
 * Parses context and a stage's file into options, reporting every problem at once.
 *
 * @param context all context values, including CDK's own; they override the stage.
 */
export function parseOptions(
  context: Readonly<Record<string, unknown>>,
  cdkDefaults: CdkDefaults,
  stage?: Stage,
): ParsedOptions {
  const own = Object.fromEntries(Object.entries(context).filter(([name]) => !belongsToCdk(name)));
  const places = stage?.places ?? {};
  const { values, problems: ofValues } = takeOptions([
    // Judged even where the context overrides it: a wrong value would wait here for the next deploy.
    ...Object.entries(stage?.values ?? {}).map(([name, given]) => ({
      name,
      given,
      place: places[name] === undefined ? '' : `${places[name]}: `,
      ...(name === 'stage'
        ? { misplaced: 'stage is for the command line only; a stage cannot name another' }
        : {}),
    })),
    ...Object.entries(own).map(([name, given]) => ({ name, given, place: '' })),
  ]);
  const problems: string[] = [...ignoredByCdk(context), ...ofValues];
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = cdkDefaults;
  const signedIn = account && region ? { account, region } : undefined;
  const together = [...contradictions(values), ...placeProblems(values, signedIn)];
  problems.push(...together.map((problem) => placed(problem, places, own)));
  const env = values.vpcId === undefined ? undefined : signedIn;
  if (values.vpcId !== undefined && env === undefined) {
    problems.push(
      'vpcId needs an account and a region in which to look up the VPC; sign in to AWS, or set AWS_PROFILE and AWS_REGION',
    );
  }
  if (problems.length > 0) return { kind: 'invalid', problems };
  const options = { ...values, ...deploymentNames(values), env };
  return { kind: 'ok', options, warnings: stage === undefined ? [] : besideStage(own, stage) };
}

/** CDK silently ignores a permissions boundary that is text, as on the command line. */
function ignoredByCdk(context: Readonly<Record<string, unknown>>): string[] {
  const name = '@aws-cdk/core:permissionsBoundary';
  return typeof context[name] === 'string'
    ? [`${name} has no effect as a string; put {"name": "POLICY"} under "context" in cdk.json`]
    : [];
}

/** A contradiction, prefixed with the place in the stage's file of the option that it begins with. */
function placed(
  problem: string,
  places: Readonly<Record<string, string>>,
  own: Readonly<Record<string, unknown>>,
): string {
  const [name = ''] = /^\w+/.exec(problem) ?? [];
  const place = Object.hasOwn(own, name) ? undefined : places[name];
  return place === undefined ? problem : `${place}: ${problem}`;
}

/** Warnings about what a deploy with only the stage would change back. */
function besideStage(own: Readonly<Record<string, unknown>>, { file, values }: Stage): string[] {
  return Object.entries(own).flatMap(([name, given]) => {
    if (name === 'stage' || !isOptionName(name)) return [];
    const isThere = Object.hasOwn(values, name);
    const { default: fallback } = OPTIONS[name];
    const alone = isThere ? meaningOf(name, values[name]) : fallback;
    if (isDeepStrictEqual(meaningOf(name, given), alone)) return [];
    const there = isThere
      ? `${file} has ${JSON.stringify(values[name])}`
      : `${file} does not set it${fallback === undefined ? '' : ` (default: ${JSON.stringify(fallback)})`}`;
    return [
      `${name} is ${JSON.stringify(given)} in the context (-c or cdk.json), but ${there}. A deploy with only the stage changes it back; put it in the file.`,
    ];
  });
}

/** What an option's text means, if it means anything. */
function meaningOf(name: OptionName, given: unknown): unknown {
  const parse: Parse<unknown> = OPTIONS[name].parse;
  const parsed = parseValue(parse, given);
  return 'value' in parsed ? parsed.value : undefined;
}

/** One message with every problem. */
export function formatProblems(problems: readonly string[]): string {
  return [
    `Cannot synthesize because ${problems.length === 1 ? 'an option is' : `${problems.length} options are`} wrong:`,
    ...problems.map((problem) => `  - ${harmlessLine(problem)}`),
  ].join('\n');
}
