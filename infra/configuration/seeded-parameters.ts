import { CustomResource, Duration, aws_iam as iam, aws_lambda as lambda } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CONFIGURATION_RESOURCE, PARAMETERS, type ParameterName, STACK_TAG } from '../../lambda/contract.ts';
import type { SnapshotBucket } from './snapshot-bucket.ts';

/** What a fresh deployment holds in place of the contract's initial values. */
export type InitialValues = { readonly [name in ParameterName]?: string };

const NAMES = Object.keys(PARAMETERS) as ParameterName[];

/**
 * How long CloudFormation waits for the answer: long enough for the two retries that Lambda makes, one and two
 * minutes after a failure. The default is an hour.
 */
const SERVICE_TIMEOUT = Duration.minutes(10);

/** What creating parameters needs. IAM, too, refuses to change an existing one. */
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
  /** Serves the custom resource, and may do what `seedingStatements` says. */
  readonly function: lambda.Function;
  readonly snapshot: SnapshotBucket;
  /** Where the shared secrets are, if there are any. */
  readonly secretsUrl: string | undefined;
  /** KMS key of the snapshot's bucket, if it has one of the operator's. */
  readonly keyArn: string | undefined;
  /** Whether the function is the keeper, too. */
  readonly keeper: boolean;
}

/** The custom resource: it creates the parameters that are missing, and ends with the snapshot's bucket empty. */
export function seededParameters(
  scope: Construct,
  id: string,
  { path, initial, function: fn, snapshot, secretsUrl, keyArn, keeper }: SeededParametersProps,
): CustomResource {
  // CloudFormation counts on the retries for its requests. The keeper does without them and takes no harm: a run
  // reads for itself, whatever its event says. What is older than CloudFormation's patience is of use to neither.
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
      // Deleted, it empties the bucket, also where the keeper is off by then and no environment names the bucket.
      SnapshotUrl: snapshot.url,
      // The same, and also where an update leaves it out. An update that brings it in makes the first ones.
      ...(secretsUrl === undefined ? {} : { SecretsUrl: secretsUrl }),
      // Another key, or none again, makes an Update, which writes the objects anew while the old key can still be used.
      ...(keyArn === undefined ? {} : { SnapshotKey: keyArn }),
      // Turned on, it is updated, and so writes a snapshot before a version asks for one.
      Keeper: keeper,
    },
  });
  seeded.node.addDependency(snapshot.guarded, invocations);
  return seeded;
}
