import { ArnFormat, aws_iam as iam, aws_kms as kms, RemovalPolicy, Stack, aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct, type IConstruct, type IDependable } from 'constructs';
import { SNAPSHOT, snapshotKey } from '../../lambda/contract.ts';
import { guardObjects, listing, throughS3 } from './guarded-objects.ts';

interface SnapshotBucketProps {
  /** Prefix of the parameters. */
  readonly configPath: string;
  /** IAM path of the roles that may read, with a slash at either end. */
  readonly readersPath: string;
  /** KMS key to encrypt its objects with; S3's own unless it is given. */
  readonly keyArn?: string | undefined;
}

/**
 * The bucket of the snapshot, which the keeper writes and all verifiers read. Whoever may write it may say whose
 * tokens are accepted, so its policy denies that to everybody else. What a list shows is no secret: the keys are in
 * this source.
 */
export class SnapshotBucket extends Construct {
  /** The bucket itself. */
  readonly bucket: s3.Bucket;
  /** Name of the bucket. */
  readonly name: string;
  /** URL of the snapshot, under the bucket's regional name, which a gateway endpoint of its VPC routes. */
  readonly url: string;
  /** Path of the roles that may read: the bucket's policy knows a verifier's role by it. */
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
            // A fleet that starts asks S3 all at once. With a key for the bucket, S3 asks KMS only now and then.
            bucketKeyEnabled: true,
          }),
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      // The keeper empties it when the custom resource is deleted. It has no other state than what SSM has.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.hasKey = keyArn !== undefined;
    this.name = this.bucket.bucketName;
    this.url = `https://${this.bucket.bucketRegionalDomainName}/${this.key}`;
    this.readersPath = readersPath;
    this.guarded = this.bucket.policy as IDependable;
  }

  /**
   * Denies writing to all but one role, and reading to all but that role and those under `readersPath`.
   *
   * @internal
   */
  guard(keeper: iam.IRole): void {
    guardObjects(this.bucket, { keeper, readersPath: this.readersPath });
  }

  /**
   * Lets a role use the KMS key of the bucket, if that has one, through S3. The policy goes by the bucket and names no key: with
   * another one, objects of the one before must be readable until they are written anew. It is removed at the end of an update,
   * when they have been; and it is in the scope of the role, since whatever waits for the role must wait for that, too.
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
        // With an S3 Bucket Key, as here, it is the bucket's ARN, and without one the object's.
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucketArn, `${bucketArn}/*`] },
      },
    });
    return new iam.Policy(role, 'SnapshotKey', { roles: [role], statements: [statement] });
  }

  /**
   * What the keeper's role needs: S3 asks for GetObject, too, where a put has a condition.
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
   * What a verifier's role needs. With another format the key of the one before has to stay beside it, because
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
   * What a gateway endpoint lets through: any snapshot, since a version that reads another one may still be in use.
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
