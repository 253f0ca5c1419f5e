import { type RegionalService, regionOf } from './aws-endpoint.ts';
import { createCredentials } from './credentials.ts';
import type { Variables } from './environment.ts';
import { createSignedRequest, type SignedRequest } from './signed-request.ts';

/** Signs requests to AWS with the function's role, in its region. */
export function createAwsRequests(variables: Variables): (service: 's3' | RegionalService) => SignedRequest {
  const region = regionOf(variables);
  const credentials = createCredentials({ variables, now: Date.now });
  return (service) => createSignedRequest({ service, region, credentials, now: Date.now });
}
