import { aws_ec2 as ec2, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { SharedSecrets } from './shared-secrets.ts';
import type { SnapshotBucket } from './snapshot-bucket.ts';

/** Route tables of verifiers that have no other route to S3. */
export interface SnapshotRoutes {
  /** The VPC of the route tables. */
  readonly vpcId: string;
  /** The route tables of the verifiers' subnets. Whatever uses them reaches nothing else in S3 in this region. */
  readonly routeTableIds: readonly string[];
}

interface SnapshotEndpointProps extends SnapshotRoutes {
  readonly bucket: SnapshotBucket;
  readonly secrets: SharedSecrets | undefined;
}

/** An S3 gateway endpoint, which is free of charge, for the snapshot and the shared secrets only. */
export class SnapshotEndpoint extends Construct {
  constructor(scope: Construct, id: string, props: SnapshotEndpointProps) {
    super(scope, id);
    const { bucket, secrets, vpcId, routeTableIds } = props;
    const statements = [...bucket.endpointStatements(), ...(secrets?.endpointStatements() ?? [])];
    new ec2.CfnVPCEndpoint(this, 'Resource', {
      vpcEndpointType: 'Gateway',
      serviceName: `com.amazonaws.${Stack.of(this).region}.s3`,
      vpcId,
      routeTableIds: [...routeTableIds],
      policyDocument: new iam.PolicyDocument({ statements }),
    });
  }
}
