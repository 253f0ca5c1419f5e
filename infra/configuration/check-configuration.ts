import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { claim } from '../options/claim.ts';
import { checkOptions, throwProblems } from '../options/check-options.ts';
import type { OptionName } from '../options/options.ts';

interface Checked {
  readonly path: string;
  /** Other properties, by the names of the options. */
  readonly options: Readonly<Partial<Record<OptionName, unknown>>>;
  readonly egress: boolean;
  /** Problems of properties that are not options. */
  readonly problems: readonly string[];
}

const CALLED = {
  configPath: 'path',
  logRetentionDays: 'logRetention',
  kmsKeyArn: 'keyArn',
  functionEgress: 'egress',
};

/** Stand-ins: only the verifiers know their subnets, and without egress they must be in some. */
const SOMEWHERE = {
  functionSubnetIds: ['subnet-00000000'],
  functionSecurityGroupId: 'sg-00000000',
};

/** Throws an error with every problem of a configuration, by the rules of the app's options. */
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
  // A nested stack is in the account and region of the stack that deploys it.
  let stack = Stack.of(construct);
  while (stack.nestedStackParent !== undefined) stack = stack.nestedStackParent;
  const other = claim(construct, { within: stack, what: path });
  if (other !== undefined) {
    throwProblems(place, [`path ${path} already belongs to ${other}; give each configuration its own path`]);
  }
}
