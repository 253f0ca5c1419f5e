import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkOptions, refuse } from '../options/check-options.ts';
import type { OptionName } from '../options/options.ts';

interface Checked {
  readonly path: string;
  /** What else is given, by the names of the options. */
  readonly options: Readonly<Partial<Record<OptionName, unknown>>>;
  readonly egress: boolean;
}

/** Who has which parameters, in each stack. */
const taken = new WeakMap<Stack, Map<string, string>>();

/** A place of which only the verifiers know. Whoever leaves all keys to the keeper has them in some subnets. */
const SOMEWHERE = {
  functionSubnetIds: ['subnet-00000000'],
  functionSecurityGroupId: 'sg-00000000',
};

/** Throws an error with everything that is wrong with a configuration, as the app would have it of its options. */
export function checkConfiguration(construct: Construct, { path, options, egress }: Checked): void {
  const place = construct.node.path;
  checkOptions(place, {
    configPath: path,
    ...options,
    ...(egress ? {} : { functionEgress: false, ...SOMEWHERE }),
  });
  const stack = Stack.of(construct);
  const others = taken.get(stack) ?? new Map<string, string>();
  const other = others.get(path);
  if (other !== undefined) {
    refuse(place, [`path ${path} is that of ${other} already; give each configuration a path of its own`]);
  }
  taken.set(stack, others.set(path, place));
}
