import { ArnFormat, aws_iam as iam, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Who may use the objects of a bucket. */
export interface Users {
  /** The role that writes and deletes them. */
  readonly keeper: iam.IRole;
  /** The path of the roles that, beside it, read them. */
  readonly readersPath: string;
}

/**
 * Denies everything but reading to all but one role, and reading to all but that role and those under a path, whatever
 * their own policies allow. Nobody may have S3 itself write or delete objects either, by replication or a lifecycle.
 *
 * Apart from that it denies actions on objects only. CloudFormation and administrators can list and delete the bucket
 * and change its policy, so nobody is locked out.
 */
export function guardObjects(bucket: s3.Bucket, { keeper, readersPath }: Users): void {
  const deny = (statement: iam.PolicyStatementProps) =>
    bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        resources: [bucket.arnForObjects('*')],
        ...statement,
      }),
    );
  // S3 has more ways to write an object than PutObject, such as ReplicateObject and RestoreObject.
  deny({ notActions: ['s3:GetObject*'], conditions: butRoles([keeper.roleArn]) });
  deny({
    actions: ['s3:GetObject*'],
    conditions: butRoles([keeper.roleArn, rolesUnder(bucket, readersPath)]),
  });
  deny({
    actions: ['s3:PutBucketVersioning', 's3:PutReplicationConfiguration', 's3:PutLifecycleConfiguration'],
    resources: [bucket.bucketArn],
  });
}

/** The condition of a Deny that spares some roles. */
export const butRoles = (arns: readonly string[]) => ({ ArnNotLike: { 'aws:PrincipalArn': [...arns] } });

/**
 * Another path of the parameters makes another role of the verifier, and the version before reads with the old one until
 * the alias has moved. So readers are known by the path of their roles, not by their names.
 */
export const rolesUnder = (scope: Construct, path: string): string =>
  Stack.of(scope).formatArn({
    service: 'iam',
    region: '',
    resource: 'role',
    resourceName: `${path.slice(1)}*`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });

/** The condition of what may be done with a KMS key through S3 only. */
export const throughS3 = (scope: Construct) => ({
  StringEquals: { 'kms:ViaService': `s3.${Stack.of(scope).region}.amazonaws.com` },
});

/** Listing a prefix: without it a missing object is a 403. A GetObject may have no prefix to compare, hence IfExists. */
export const listing = (bucket: s3.Bucket, prefix: string): iam.PolicyStatement =>
  new iam.PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLikeIfExists: { 's3:prefix': `${prefix}*` } },
  });
