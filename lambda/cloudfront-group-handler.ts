import { createCloudFrontGroupTarget } from './cloudfront-group-target.ts';
import { endpointOf } from './io/aws-endpoint.ts';
import { createAwsRequests } from './io/aws-requests.ts';
import { parseEnvironment } from './io/environment.ts';
import { createGroupFinder } from './io/find-security-group.ts';
import { createSay } from './io/keeper-log.ts';
import { putResponse } from './io/put-response.ts';

const { service, variables } = parseEnvironment(process.env);
const send = createAwsRequests(variables)('ec2');

/** The function behind the custom resource that finds the security group through which CloudFront enters a VPC. */
export const handler = createCloudFrontGroupTarget({
  find: createGroupFinder({ endpoint: endpointOf('ec2', variables), send }),
  put: putResponse,
  log: createSay(service),
});
