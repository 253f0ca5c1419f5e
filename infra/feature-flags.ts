import { createRequire } from 'node:module';

const recommended: Record<string, unknown> = createRequire(import.meta.url)(
  'aws-cdk-lib/recommended-feature-flags.json',
);

/** CDK's recommended behaviour throughout, and service names that are also valid in GovCloud. */
export const FEATURE_FLAGS: Readonly<Record<string, unknown>> = {
  ...recommended,
  '@aws-cdk/core:target-partitions': ['aws', 'aws-cn', 'aws-us-gov'],
};
