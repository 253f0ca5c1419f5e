import type { OptionName } from './options.ts';

/** Options for the app only: a construct already has a stack and a VPC, and needs nothing for trying it out. */
export const OF_THE_APP: readonly OptionName[] = [
  'stage',
  'stackName',
  'vpcId',
  'subnetIds',
  'nativeOnly',
  'upstreamTargetGroupArn',
  'demoApi',
  'cognito',
  'cognitoDomainPrefix',
];
