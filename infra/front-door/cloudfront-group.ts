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
  /** The distribution, which has a VPC origin in that VPC. */
  readonly distribution: IDependable;
  readonly code: lambda.Code;
  /** `service` of its log lines. */
  readonly service: string;
  readonly logRetention: logs.RetentionDays;
  readonly logKeyArn: string | undefined;
}

/** The function's time limit. It keeps looking for the group until shortly before. */
const TIMEOUT = Duration.minutes(2);

/** How long CloudFormation waits for the response, including two retries. */
const SERVICE_TIMEOUT = Duration.minutes(10);

/**
 * The security group with which CloudFront enters a VPC. CloudFront creates it, and CloudFormation does not know its
 * id, so a function looks for it. It is a separate function because the update that adds it may be rolled back: the
 * Delete that follows goes to whatever version the function then has, and that version must know this resource.
 */
export class CloudFrontGroup extends Construct {
  readonly groupId: string;

  constructor(scope: Construct, id: string, props: CloudFrontGroupProps) {
    super(scope, id);
    const { vpcId, distribution, code, service, logRetention, logKeyArn } = props;
    const fn = bundledFunction(this, {
      entry: 'cloudfront-group-handler',
      description: 'Finds the security group through which CloudFront enters the VPC',
      code,
      // EC2 supports no narrower resource for actions that only describe.
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
