import type { End } from '../infra/transitions/transitions.ts';

/** The part of the walk that the quick rehearsal takes. */
export const QUICK_WALK: readonly End[] = [
  'default',
  'certificate',
  'native pre-filter',
  'certificate',
  'default',
  'provisioned concurrency',
  'more provisioned concurrency',
  'provisioned concurrency',
  'default',
  'Cognito',
  'default',
];

/** A stack that goes from each end to the next makes every transition at least once. */
export const WALK: readonly End[] = [
  ...QUICK_WALK,
  'internal',
  'default',
  'existing listener',
  'default',
  'tracing and access logs',
  'default',
  'native pre-filter',
  'certificate',
  'web ACL',
  'default',
  'web ACL',
  'default',
  'authorizer and demo API',
  'default',
  'function in a VPC',
  'default',
  'Verified Access',
  'certificate',
  'Verified Access',
  'certificate',
  'default',
  'existing listener',
  'native only',
];
