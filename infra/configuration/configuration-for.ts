import { Annotations, type aws_lambda as lambda } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Options } from '../options/options.ts';
import { Configuration } from './configuration.ts';
import type { InitialValues } from './seeded-parameters.ts';

interface Sources {
  readonly options: Options;
  readonly initial: InitialValues;
  readonly code: lambda.Code;
}

/** The configuration according to the options, with a warning if verifiers may be unable to reach the snapshot. */
export function configurationFor(scope: Construct, { options, initial, code }: Sources): Configuration {
  const { keeper, sharedSecrets, functionVpcId: vpcId, functionRouteTableIds: routeTableIds } = options;
  const made = new Configuration(scope, 'Configuration', {
    path: options.configPath,
    initial,
    code,
    service: options.service,
    logRetention: options.logRetentionDays,
    keyArn: options.kmsKeyArn,
    keeper,
    sharedSecrets,
    egress: options.functionEgress,
    routes: vpcId && routeTableIds ? { vpcId, routeTableIds } : undefined,
  });
  if (keeper && options.functionSubnetIds && routeTableIds === undefined) {
    Annotations.of(scope).addWarningV2(
      'alb-jwt-authorizer:way-to-snapshot',
      'The function in functionSubnetIds needs a route to S3 to read the snapshot: give functionRouteTableIds and functionVpcId, unless the subnets already have a NAT gateway or an S3 gateway endpoint.',
    );
  }
  return made;
}
