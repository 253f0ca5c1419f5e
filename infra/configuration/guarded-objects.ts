import { ArnFormat, aws_iam as iam, Stack, type aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Who may use the objects of a bucket. */
export interface Users {
  /** The role that writes and deletes them. */
  readonly keeper: iam.IRole;
  /** IAM path of the other roles that read them. */
  readonly readersPath: string;
}

/**
 * Lets only the keeper write objects, and only the keeper and the roles under a path read them: everybody else is denied,
 * whatever their own policies allow. Nobody may make S3 itself write or delete objects, by replication or a lifecycle rule.
 *
 * Apart from that, it denies only actions on objects. CloudFormation and administrators can still list and delete the bucket
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

/** The condition of a Deny that exempts some roles. */
export const butRoles = (arns: readonly string[]) => ({ ArnNotLike: { 'aws:PrincipalArn': [...arns] } });

/**
 * A changed path of the parameters gives the verifier a new role, while its previous version reads with the old one until
 * the alias has moved. So the policy recognizes readers by the path of their roles, not by their names.
 */
export const rolesUnder = (scope: Construct, path: string): string =>
  Stack.of(scope).formatArn({
    service: 'iam',
    region: '',
    resource: 'role',
    resourceName: `${path.slice(1)}*`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });

/** The condition that allows the use of a KMS key only through S3. */
export const throughS3 = (scope: Construct) => ({
  StringEquals: { 'kms:ViaService': `s3.${Stack.of(scope).region}.amazonaws.com` },
});

/** Permission to list a prefix: without it a missing object is a 403. A GetObject may have no prefix to compare, hence IfExists. */
export const listing = (bucket: s3.Bucket, prefix: string): iam.PolicyStatement =>
  new iam.PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLikeIfExists: { 's3:prefix': `${prefix}*` } },
  });
