import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { claim } from '../options/claim.ts';
import { checkOptions, refuse } from '../options/check-options.ts';
import type { OptionName } from '../options/options.ts';

interface Checked {
  readonly path: string;
  /** What else is given, by the names of the options. */
  readonly options: Readonly<Partial<Record<OptionName, unknown>>>;
  readonly egress: boolean;
  /** What is wrong with what no option says. */
  readonly problems: readonly string[];
}

const CALLED = {
  configPath: 'path',
  logRetentionDays: 'logRetention',
  kmsKeyArn: 'keyArn',
  functionEgress: 'egress',
};

/** A place of which only the verifiers know. Whoever leaves all keys to the keeper has them in some subnets. */
const SOMEWHERE = {
  functionSubnetIds: ['subnet-00000000'],
  functionSecurityGroupId: 'sg-00000000',
};

/** Throws an error with everything that is wrong with a configuration, as the app would have it of its options. */
export function checkConfiguration(construct: Construct, { path, options, egress, problems }: Checked): void {
  const place = construct.node.path;
  checkOptions(
    place,
    {
      configPath: path ?? '',
      ...options,
      ...(egress ? {} : { functionEgress: false, ...SOMEWHERE }),
    },
    CALLED,
    problems,
  );
  // A nested stack is where the stack is that deploys it.
  let stack = Stack.of(construct);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  const other = claim(construct, { within: stack, what: path });
  if (other !== undefined) {
    refuse(place, [`path ${path} is that of ${other} already; give each configuration a path of its own`]);
  }
}
