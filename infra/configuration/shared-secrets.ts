import { Duration, aws_iam as iam, aws_kms as kms, RemovalPolicy, aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { SECRETS } from '../../lambda/contract.ts';
import { butRoles, guardObjects, listing, rolesUnder, throughS3, type Users } from './guarded-objects.ts';

/** The key's cryptographic use. Administrators may do everything else with it. */
const CRYPTOGRAPHY = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];

/**
 * The secrets that all verifiers share, which the keeper makes and rotates. They have their own bucket with its own KMS key.
 * Only the roles of the keeper and the verifiers may use either.
 *
 * The bucket is separate so that its default encryption demands nothing of the writer, and so that bucket and key are
 * created and deleted together: the snapshot's bucket always exists, and would keep an object that nobody can decrypt.
 * Nothing else needs the key once the object is gone, so it is deleted with the bucket, after the shortest waiting period.
 *
 * Separate policies grant the roles what they need. CloudFormation removes these at the end of an update, when the alias no
 * longer points to a version that uses them, and the roles stay as they are.
 */
export class SharedSecrets extends Construct {
  /** The bucket of the secrets. */
  readonly bucket: s3.Bucket;
  /** The KMS key that encrypts the bucket. */
  readonly key: kms.Key;
  /** Name of the bucket. */
  readonly name: string;
  /** URL of the secrets. It has the bucket's regional name, which a gateway endpoint of S3 covers. */
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
      // A starting fleet reads from S3 all at once. With an S3 Bucket Key, S3 calls KMS only now and then.
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
   * Denies access to everybody else, and grants it to the keeper.
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
        // S3 also requires GetObject for a conditional put.
        actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        resources: [this.bucket.arnForObjects(`${SECRETS.prefix}*`)],
      }),
      listing(this.bucket, SECRETS.prefix),
      this.cryptography('kms:GenerateDataKey', 'kms:Decrypt'),
    ]);
  }

  /**
   * Grants access to a verifier, whose role is under the readers' path.
   *
   * @internal
   */
  grantRead(reader: iam.IRole): void {
    this.grant(reader, [...this.readerStatements(), this.cryptography('kms:Decrypt')]);
  }

  /**
   * What an S3 gateway endpoint allows. KMS needs no endpoint: S3 calls it on behalf of the reader.
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

  /** Grants through a policy in the role's scope, so that whatever waits for the role also waits for the policy. */
  private grant(role: iam.IRole, statements: iam.PolicyStatement[]): void {
    new iam.Policy(role, 'Secrets', { roles: [role], statements });
  }
}
