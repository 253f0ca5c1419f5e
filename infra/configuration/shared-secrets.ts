import { Duration, aws_iam as iam, aws_kms as kms, RemovalPolicy, aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { SECRETS } from '../../lambda/contract.ts';
import { butRoles, guardObjects, listing, rolesUnder, throughS3, type Users } from './guarded-objects.ts';

/** What the key is for; an administrator may do everything else with it. */
const CRYPTOGRAPHY = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];

/**
 * The secrets that all verifiers share, made and rotated by the keeper: a bucket of their own, encrypted with a key of
 * its own. Only the roles of the keeper and the verifiers may use either.
 *
 * A bucket of its own, because its default encryption then needs nothing from whoever writes, and because it comes and
 * goes together with the key: in the snapshot's, which is always there, an object would be left that nobody can decrypt.
 * Nothing outside needs the key once the object is gone, so it is deleted with it, after the shortest waiting period.
 *
 * What the roles need is granted by policies of their own. Those are removed at the end of an update, when no
 * version that uses them is behind the alias any more, and the roles stay as they are.
 */
export class SharedSecrets extends Construct {
  /** Where they are. */
  readonly bucket: s3.Bucket;
  /** Encrypts the bucket. */
  readonly key: kms.Key;
  /** Name of the bucket. */
  readonly name: string;
  /** URL of the secrets, under the bucket's regional name, which a gateway endpoint of its VPC routes. */
  readonly url: string;

  /** @internal */
  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.key = new kms.Key(this, 'Key', {
      description: 'Encrypts the secrets that the verifiers share',
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.bucket = new s3.Bucket(this, 'Bucket', {
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: this.key,
      // A fleet that starts asks S3 all at once. With a key for the bucket, S3 asks KMS only now and then.
      bucketKeyEnabled: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      // The custom resource empties it.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.name = this.bucket.bucketName;
    this.url = `https://${this.bucket.bucketRegionalDomainName}/${SECRETS.key}`;
  }

  /**
   * Keeps all others out, and lets the keeper in.
   *
   * @internal
   */
  guard(users: Users): void {
    const { keeper, readersPath } = users;
    guardObjects(this.bucket, users);
    this.key.addToResourcePolicy(
      new iam.PolicyStatement({
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions: CRYPTOGRAPHY,
        resources: ['*'],
        conditions: butRoles([keeper.roleArn, rolesUnder(this, readersPath)]),
      }),
    );
    this.grant(keeper, [
      new iam.PolicyStatement({
        // S3 asks for GetObject, too, where a put has a condition.
        actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        resources: [this.bucket.arnForObjects(`${SECRETS.prefix}*`)],
      }),
      listing(this.bucket, SECRETS.prefix),
      this.cryptography('kms:GenerateDataKey', 'kms:Decrypt'),
    ]);
  }

  /**
   * Lets a verifier in, whose role is under the readers' path.
   *
   * @internal
   */
  grantRead(reader: iam.IRole): void {
    this.grant(reader, [...this.readerStatements(), this.cryptography('kms:Decrypt')]);
  }

  /**
   * What a gateway endpoint of S3 lets through. KMS needs no endpoint: S3 calls it, in the name of the reader.
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
   *
   * @internal
   */
  endpointStatements(): iam.PolicyStatement[] {
    return this.readerStatements().map((statement) => {
      statement.addAnyPrincipal();
      return statement;
    });
  }

  private readerStatements(): iam.PolicyStatement[] {
    return [
      new iam.PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [this.bucket.arnForObjects(SECRETS.key)],
      }),
      listing(this.bucket, SECRETS.prefix),
    ];
  }

  /** The use of the key, through S3 only. */
  private cryptography(...actions: string[]): iam.PolicyStatement {
    return new iam.PolicyStatement({
      actions,
      resources: [this.key.keyArn],
      conditions: throughS3(this),
    });
  }

  /** By a policy in the scope of the role: whatever waits for the role waits for that, too. */
  private grant(role: iam.IRole, statements: iam.PolicyStatement[]): void {
    new iam.Policy(role, 'Secrets', { roles: [role], statements });
  }
}
