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
 * Denies writing to all but one role, and reading to all but that role and those under a path, whatever their own
 * policies allow.
 *
 * It denies actions on objects only. CloudFormation and administrators can list and delete the bucket and change its
 * policy, so nobody is locked out.
 */
export function guardObjects(bucket: s3.Bucket, { keeper, readersPath }: Users): void {
  const deny = (actions: string[], butFor: string[]) =>
    bucket.addToResourcePolicy(
      new iam.PolicyStatement({
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions,
        resources: [bucket.arnForObjects('*')],
        conditions: butRoles(butFor),
      }),
    );
  deny(['s3:PutObject*', 's3:DeleteObject*'], [keeper.roleArn]);
  deny(['s3:GetObject*'], [keeper.roleArn, rolesUnder(bucket, readersPath)]);
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

/** Listing a prefix: without it a missing object is a 403. A GetObject may have no prefix to compare, hence IfExists. */
export const listing = (bucket: s3.Bucket, prefix: string): iam.PolicyStatement =>
  new iam.PolicyStatement({
    actions: ['s3:ListBucket'],
    resources: [bucket.bucketArn],
    conditions: { StringLikeIfExists: { 's3:prefix': `${prefix}*` } },
  });
