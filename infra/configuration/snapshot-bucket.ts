import { aws_iam as iam, RemovalPolicy, Stack, aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct, type IDependable } from 'constructs';
import { SNAPSHOT, snapshotKey } from '../../lambda/contract.ts';
import { guardObjects, listing } from './guarded-objects.ts';

interface SnapshotBucketProps {
  /** Prefix of the parameters. */
  readonly configPath: string;
}

/**
 * The bucket of the snapshot, which the keeper writes and all verifiers read. Whoever may write it may say whose
 * tokens are accepted, so its policy denies that to everybody else. What a list shows is no secret: the keys are in
 * this source.
 */
export class SnapshotBucket extends Construct {
  readonly name: string;
  /** URL of the snapshot, under the bucket's regional name, which a gateway endpoint of its VPC routes. */
  readonly url: string;
  /** Path of the roles that may read: the bucket's policy knows a verifier's role by it. */
  readonly readersPath: string;
  /** Depend on this to start after the bucket is guarded. */
  readonly guarded: IDependable;
  private readonly resource: s3.Bucket;
  private readonly key: string;

  constructor(scope: Construct, id: string, { configPath }: SnapshotBucketProps) {
    super(scope, id);
    this.key = snapshotKey(configPath);
    this.resource = new s3.Bucket(this, 'Resource', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      // The keeper empties it when the custom resource is deleted. It has no other state than what SSM has.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.name = this.resource.bucketName;
    this.url = `https://${this.resource.bucketRegionalDomainName}/${this.key}`;
    const { stackName, region } = Stack.of(this);
    // IAM knows no regions, so a stack of the same name in another one needs another path.
    this.readersPath = `/${stackName}/${region}/verifiers/`;
    this.guarded = this.resource.policy as IDependable;
  }

  /** Denies writing to all but one role, and reading to all but that role and those under `readersPath`. */
  guard(keeper: iam.IRole): void {
    guardObjects(this.resource, { keeper, readersPath: this.readersPath });
  }

  /** What the keeper's role needs: S3 asks for GetObject, too, where a put has a condition. */
  keeperStatements(): iam.PolicyStatement[] {
    return [
      new iam.PolicyStatement({
        actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        resources: [this.resource.arnForObjects(`${SNAPSHOT.prefix}*`)],
      }),
      listing(this.resource, SNAPSHOT.prefix),
    ];
  }

  /**
   * What a verifier's role needs. With another format the key of the one before has to stay beside it, because
   * published versions read that one with the same role.
   */
  readerStatements(): iam.PolicyStatement[] {
    return [
      new iam.PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [this.resource.arnForObjects(this.key)],
      }),
      listing(this.resource, SNAPSHOT.prefix),
    ];
  }

  /** What a gateway endpoint lets through: any snapshot, since a version that reads another one may still be in use. */
  endpointStatements(): iam.PolicyStatement[] {
    const reading = new iam.PolicyStatement({
      actions: ['s3:GetObject'],
      resources: [this.resource.arnForObjects(`${SNAPSHOT.prefix}*`)],
    });
    return [reading, listing(this.resource, SNAPSHOT.prefix)].map((statement) => {
      statement.addAnyPrincipal();
      return statement;
    });
  }
}
