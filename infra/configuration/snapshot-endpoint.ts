import { aws_ec2 as ec2, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { SharedSecrets } from './shared-secrets.ts';
import type { SnapshotBucket } from './snapshot-bucket.ts';

/** Where verifiers run that have no other way to S3. */
export interface SnapshotRoutes {
  /** The VPC of the route tables. */
  readonly vpcId: string;
  /** The route tables of the verifiers' subnets. All that uses them reaches nothing else in S3 of this region. */
  readonly routeTableIds: readonly string[];
}

interface SnapshotEndpointProps extends SnapshotRoutes {
  readonly bucket: SnapshotBucket;
  readonly secrets: SharedSecrets | undefined;
}

/** A gateway endpoint of S3, which costs nothing, for the snapshot and the shared secrets alone. */
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
