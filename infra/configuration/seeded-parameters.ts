import { CustomResource, Duration, aws_iam as iam, aws_lambda as lambda } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CONFIGURATION_RESOURCE, PARAMETERS, type ParameterName, STACK_TAG } from '../../lambda/contract.ts';
import type { SnapshotBucket } from './snapshot-bucket.ts';

/** Initial values of parameters. A parameter without one here starts as a placeholder. */
export type InitialValues = { readonly [name in ParameterName]?: string };

const NAMES = Object.keys(PARAMETERS) as ParameterName[];

/**
 * How long CloudFormation waits for the response: long enough for the two retries that Lambda makes, one and two
 * minutes after a failure. The default is an hour.
 */
const SERVICE_TIMEOUT = Duration.minutes(10);

/** Permissions to create parameters. IAM also denies changing an existing one. */
export function seedingStatements(arns: readonly string[]): iam.PolicyStatement[] {
  const resources = [...arns];
  return [
    new iam.PolicyStatement({
      actions: ['ssm:GetParameters', 'ssm:ListTagsForResource', 'ssm:PutParameter'],
      resources,
    }),
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-policy-conditions.html
    new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      actions: ['ssm:PutParameter'],
      resources,
      conditions: { StringEquals: { 'ssm:Overwrite': 'true' } },
    }),
    // PutParameter needs it to tag what it creates.
    new iam.PolicyStatement({
      actions: ['ssm:AddTagsToResource'],
      resources,
      conditions: { 'ForAllValues:StringEquals': { 'aws:TagKeys': [STACK_TAG] } },
    }),
  ];
}

interface SeededParametersProps {
  /** Prefix of the parameters. */
  readonly path: string;
  readonly initial: InitialValues;
  /** Serves the custom resource, with the permissions of `seedingStatements`. */
  readonly function: lambda.Function;
  readonly snapshot: SnapshotBucket;
  /** Where the shared secrets are, if there are any. */
  readonly secretsUrl: string | undefined;
  /** The operator's KMS key for the snapshot's bucket, if any. */
  readonly keyArn: string | undefined;
  /** Whether the function is also the keeper. */
  readonly keeper: boolean;
}

/** The custom resource: it creates missing parameters, and empties the snapshot's bucket when it is deleted. */
export function seededParameters(
  scope: Construct,
  id: string,
  { path, initial, function: fn, snapshot, secretsUrl, keyArn, keeper }: SeededParametersProps,
): CustomResource {
  // CloudFormation relies on the retries for its requests. The keeper does not need them, and they do it no harm: each
  // run reads everything itself, whatever its event says. An event older than CloudFormation's timeout is of no use to either.
  const invocations = new lambda.EventInvokeConfig(scope, 'Invocations', {
    function: fn,
    retryAttempts: 2,
    maxEventAge: SERVICE_TIMEOUT,
  });
  const seeded = new CustomResource(scope, id, {
    resourceType: CONFIGURATION_RESOURCE.type,
    serviceToken: fn.functionArn,
    serviceTimeout: SERVICE_TIMEOUT,
    properties: {
      Path: path,
      Parameters: Object.fromEntries(NAMES.map((name) => [name, initial[name] ?? PARAMETERS[name].initial])),
      StringLists: NAMES.filter((name) => PARAMETERS[name].type === 'StringList'),
      // On Delete the function empties this bucket, even if the keeper is off by then and no environment variable names it.
      SnapshotUrl: snapshot.url,
      // The same, also when an update removes this property. An update that adds it makes the first secrets.
      ...(secretsUrl === undefined ? {} : { SecretsUrl: secretsUrl }),
      // A changed or removed key causes an Update, which rewrites the objects while the old key can still be used.
      ...(keyArn === undefined ? {} : { SnapshotKey: keyArn }),
      // Turning the keeper on causes an Update, which writes a snapshot before a version needs one.
      Keeper: keeper,
    },
  });
  seeded.node.addDependency(snapshot.guarded, invocations);
  return seeded;
}
