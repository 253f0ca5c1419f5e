import type { OptionName } from './options.ts';

/** Options of the app alone: a construct is in a stack and a VPC already, and needs nothing to try it with. */
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
