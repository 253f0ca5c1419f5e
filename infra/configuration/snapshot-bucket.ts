import { ArnFormat, aws_iam as iam, aws_kms as kms, RemovalPolicy, Stack, aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct, type IConstruct, type IDependable } from 'constructs';
import { SNAPSHOT, snapshotKey } from '../../lambda/contract.ts';
import { guardObjects, listing, throughS3 } from './guarded-objects.ts';

interface SnapshotBucketProps {
  /** Prefix of the parameters. */
  readonly configPath: string;
  /** IAM path of the roles that may read, with a slash at either end. */
  readonly readersPath: string;
  /** KMS key that encrypts its objects; S3's own by default. */
  readonly keyArn?: string | undefined;
}

/**
 * The bucket of the snapshot, which the keeper writes and all verifiers read. Whoever can write it decides whose
 * tokens are accepted, so its policy denies that to everybody else. A listing reveals no secret: the object keys are
 * in this source.
 */
export class SnapshotBucket extends Construct {
  /** The bucket itself. */
  readonly bucket: s3.Bucket;
  /** Name of the bucket. */
  readonly name: string;
  /** URL of the snapshot. It has the bucket's regional name, which a gateway endpoint of S3 covers. */
  readonly url: string;
  /** IAM path of the roles that may read: the bucket's policy recognizes a verifier's role by it. */
  readonly readersPath: string;
  /** Depend on this to start after the bucket is guarded. */
  readonly guarded: IDependable;
  private readonly key: string;
  private readonly hasKey: boolean;

  /** @internal */
  constructor(scope: Construct, id: string, { configPath, readersPath, keyArn }: SnapshotBucketProps) {
    super(scope, id);
    this.key = snapshotKey(configPath);
    this.bucket = new s3.Bucket(this, 'Resource', {
      ...(keyArn === undefined
        ? { encryption: s3.BucketEncryption.S3_MANAGED }
        : {
            encryption: s3.BucketEncryption.KMS,
            encryptionKey: kms.Key.fromKeyArn(this, 'Key', keyArn),
            // A starting fleet reads from S3 all at once. With an S3 Bucket Key, S3 calls KMS only now and then.
            bucketKeyEnabled: true,
          }),
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      // The keeper empties it when the custom resource is deleted. Its only state is a copy of SSM's.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.hasKey = keyArn !== undefined;
    this.name = this.bucket.bucketName;
    this.url = `https://${this.bucket.bucketRegionalDomainName}/${this.key}`;
    this.readersPath = readersPath;
    this.guarded = this.bucket.policy as IDependable;
  }

  /**
   * Denies writing to all roles but one, and reading to all but that one and those under `readersPath`.
   *
   * @internal
   */
  guard(keeper: iam.IRole): void {
    guardObjects(this.bucket, { keeper, readersPath: this.readersPath });
  }

  /**
   * Lets a role use the bucket's KMS key, if any, through S3. The policy is bound to the bucket and names no key: after a change
   * of keys, objects of the old key must stay readable until they are rewritten. By the end of an update, when CloudFormation
   * removes the policy, they are. It is in the role's scope, so that whatever waits for the role also waits for the policy.
   *
   * @internal
   */
  grantKey(role: iam.IRole, ...actions: string[]): IConstruct | undefined {
    if (!this.hasKey) return undefined;
    const { bucketArn } = this.bucket;
    const key = { service: 'kms', account: '*', resource: 'key', resourceName: '*' };
    const statement = new iam.PolicyStatement({
      actions,
      resources: [Stack.of(this).formatArn({ ...key, arnFormat: ArnFormat.SLASH_RESOURCE_NAME })],
      conditions: {
        ...throughS3(this),
        // With an S3 Bucket Key, as here, it is the bucket's ARN; without one, the object's.
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucketArn, `${bucketArn}/*`] },
      },
    });
    return new iam.Policy(role, 'SnapshotKey', { roles: [role], statements: [statement] });
  }

  /**
   * What the keeper's role needs. S3 also requires GetObject for a conditional put.
   *
   * @internal
   */
  keeperStatements(): iam.PolicyStatement[] {
    return [
      new iam.PolicyStatement({
        actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        resources: [this.bucket.arnForObjects(`${SNAPSHOT.prefix}*`)],
      }),
      listing(this.bucket, SNAPSHOT.prefix),
    ];
  }

  /**
   * What a verifier's role needs. When the format changes, the old object key must stay in the list, because
   * published versions read that one with the same role.
   *
   * @internal
   */
  readerStatements(): iam.PolicyStatement[] {
    return [
      new iam.PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [this.bucket.arnForObjects(this.key)],
      }),
      listing(this.bucket, SNAPSHOT.prefix),
    ];
  }

  /**
   * What a gateway endpoint allows: any snapshot, because a version that reads another format may still be in use.
   *
   * @internal
   */
  endpointStatements(): iam.PolicyStatement[] {
    const reading = new iam.PolicyStatement({
      actions: ['s3:GetObject'],
      resources: [this.bucket.arnForObjects(`${SNAPSHOT.prefix}*`)],
    });
    return [reading, listing(this.bucket, SNAPSHOT.prefix)].map((statement) => {
      statement.addAnyPrincipal();
      return statement;
    });
  }
}
