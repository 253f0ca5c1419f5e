import {
  CustomResource,
  Duration,
  aws_iam as iam,
  type aws_lambda as lambda,
  type aws_logs as logs,
} from 'aws-cdk-lib';
import { Construct, type IDependable } from 'constructs';
import { CLOUDFRONT_GROUP, ENVIRONMENT } from '../../lambda/contract.ts';
import { bundledFunction } from '../function/bundled-function.ts';

interface CloudFrontGroupProps {
  readonly vpcId: string;
  /** Has a VPC origin in that VPC. */
  readonly distribution: IDependable;
  readonly code: lambda.Code;
  /** `service` of its log lines. */
  readonly service: string;
  readonly logRetention: logs.RetentionDays;
  readonly logKeyArn: string | undefined;
}

/** What the function takes at most: it looks for the group again until shortly before. */
const TIMEOUT = Duration.minutes(2);

/** How long CloudFormation waits for the answer, two retries included. */
const SERVICE_TIMEOUT = Duration.minutes(10);

/**
 * The security group by which CloudFront enters a VPC. CloudFront makes it, and CloudFormation has nothing that says its
 * id, so a function looks for it. The function is one of its own, because the update that brings it in may be rolled back:
 * the Delete that follows goes to whatever version the function then has, which must be one that knows of this.
 */
export class CloudFrontGroup extends Construct {
  readonly groupId: string;

  constructor(scope: Construct, id: string, props: CloudFrontGroupProps) {
    super(scope, id);
    const { vpcId, distribution, code, service, logRetention, logKeyArn } = props;
    const fn = bundledFunction(this, {
      entry: 'cloudfront-group-handler',
      description: 'Finds the security group by which CloudFront enters the VPC',
      code,
      // EC2 has no narrower resource for what only describes.
      statements: [new iam.PolicyStatement({ actions: ['ec2:DescribeSecurityGroups'], resources: ['*'] })],
      memorySize: 256,
      timeout: TIMEOUT,
      logRetention,
      logKeyArn,
      environment: { [ENVIRONMENT.service]: service },
    });
    const group = new CustomResource(this, 'Group', {
      resourceType: CLOUDFRONT_GROUP.type,
      serviceToken: fn.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: { VpcId: vpcId },
    });
    group.node.addDependency(distribution);
    this.groupId = group.getAttString(CLOUDFRONT_GROUP.groupId);
  }
}
