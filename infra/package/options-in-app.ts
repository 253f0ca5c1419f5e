import { type aws_ec2 as ec2, Names, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { initialProblems } from '../configuration/initial-problems.ts';
import type { InitialValues } from '../configuration/seeded-parameters.ts';
import { throwProblems } from '../options/check-options.ts';
import { contradictions } from '../options/contradictions.ts';
import { judgedPolicy } from '../options/judged-policy.ts';
import { OF_THE_APP } from '../options/of-the-app.ts';
import type { OptionName, Options, OptionValues } from '../options/options.ts';
import { placeProblems } from '../options/places.ts';
import { disagreements } from '../options/policy-agreement.ts';
import type { PolicyFile } from '../options/policy-file.ts';
import type { SynthWarning } from '../options/policy-warnings.ts';
import { takeOptions } from '../options/take-options.ts';

interface Given {
  readonly given: Readonly<Record<string, unknown>>;
  readonly vpc: ec2.IVpc | undefined;
  readonly vpcSubnets: ec2.SubnetSelection | undefined;
  readonly initial: InitialValues | undefined;
}

interface OptionsInApp {
  readonly options: Options;
  readonly policy: PolicyFile | undefined;
  readonly warnings: readonly SynthWarning[];
}

/** Wording that differs where an app has its own VPC and itself says where a stack goes. */
const OTHERWISE: readonly [pattern: RegExp, instead: string][] = [
  [/\bvpcId\b/g, 'vpc'],
  [/, the (?:region|account) of your credentials/g, ''],
];

/**
 * The options that a construct gets as properties in somebody else's app. Throws an error with every problem, in terms of
 * those properties.
 */
export function optionsInApp(construct: Construct, { given, vpc, vpcSubnets, initial }: Given): OptionsInApp {
  const stack = Stack.of(construct);
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const taken = takeOptions(
    entries.map(([name, value]) => ({
      name,
      given: value,
      place: '',
      ...(OF_THE_APP.includes(name as OptionName)
        ? { misplaced: `${name} is an option for the app only; leave it out` }
        : {}),
    })),
  );
  const values: OptionValues = {
    ...taken.values,
    // Keeps the names of its resources distinct from all others.
    stackName: Names.uniqueResourceName(construct, { maxLength: 64, separator: '-' }),
    vpcId: vpc?.vpcId,
  };
  const { configPath = '' } = values;
  const missing = [
    ...(configPath === '' ? ['configPath is missing; give a path such as /team/orders'] : []),
    ...(vpcSubnets !== undefined && vpc === undefined ? ['vpcSubnets needs vpc'] : []),
    ...(vpc !== undefined && values.zones !== undefined ? ['vpc excludes zones; give vpcSubnets'] : []),
  ];
  const together = [...contradictions(values), ...placeProblems(values, environmentOf(stack))];
  const options = { ...values, configPath, service: configPath.slice(1), env: undefined };
  const named = taken.problems.some((problem) => problem.startsWith('policy '));
  const judged = options.policy === undefined || named ? undefined : judgedPolicy(options.policy, options);
  const policy = judged?.kind === 'ok' ? judged.policy : undefined;
  const inWordsOfApp = (problem: string) =>
    OTHERWISE.reduce((text, [pattern, instead]) => text.replace(pattern, instead), problem);
  throwProblems(construct.node.path, [
    ...missing,
    // Here a list is an array, not text.
    ...taken.problems.map((problem) => problem.replace(', separated by commas', '')),
    ...together.map(inWordsOfApp),
    ...initialProblems(initial),
    ...(initial?.policy === undefined
      ? []
      : ['initial.policy would not be checked; name a file with policy instead']),
    ...(judged?.kind === 'invalid' ? judged.problems : []),
    ...(policy === undefined ? [] : disagreements(policy.document, options)),
  ]);
  return { options, policy, warnings: judged?.warnings ?? [] };
}

function environmentOf({ account, region }: Stack) {
  return Token.isUnresolved(account) || Token.isUnresolved(region) ? undefined : { account, region };
}
