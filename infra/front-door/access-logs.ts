import {
  Duration,
  type aws_elasticloadbalancingv2 as elbv2,
  aws_iam as iam,
  RemovalPolicy,
  Stack,
  aws_s3 as s3,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** How long an access log is kept. */
const RETENTION = Duration.days(90);

interface AccessLogsProps {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
}

/**
 * The load balancer's access logs in a bucket that outlives the stack. CDK's `logAccessLogs` needs to know
 * the region, because in older regions it lets an AWS account write. The service principal here works in
 * every commercial region, so the template still fits any of them.
 */
export class AccessLogs extends Construct {
  readonly bucketName: string;

  constructor(scope: Construct, id: string, { loadBalancer }: AccessLogsProps) {
    super(scope, id);
    const bucket = new s3.Bucket(this, 'Bucket', {
      // Also after a failed first deploy: by then it contains the load balancer's test object, and a bucket that is
      // not empty cannot be deleted, so the rollback would fail, too.
      removalPolicy: RemovalPolicy.RETAIN,
      // The load balancer can't write to a bucket that a KMS key encrypts.
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      lifecycleRules: [{ expiration: RETENTION, abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    });
    const delivery = new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
      actions: ['s3:PutObject'],
      // The account is part of the path, so no other account's load balancer can write here.
      resources: [bucket.arnForObjects(`AWSLogs/${Stack.of(this).account}/*`)],
    });
    bucket.addToResourcePolicy(delivery);
    loadBalancer.setAttribute('access_logs.s3.bucket', bucket.bucketName);
    this.bucketName = bucket.bucketName;
    // The logs outlive the stack, and even then nobody may read them without TLS.
    bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
    // The load balancer writes a test object as soon as logging is turned on.
    if (bucket.policy !== undefined) loadBalancer.node.addDependency(bucket.policy);
  }
}
