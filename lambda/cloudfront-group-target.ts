import type { Context } from 'aws-lambda';
import { CLOUDFRONT_GROUP } from './contract.ts';
import { type Delivery, deliverResponse, RESPONSE_MS } from './deliver-response.ts';
import { requestFromCloudFormation, type StackRequest, type StackResponse } from './events/cloudformation.ts';

export interface CloudFrontGroupParts extends Omit<Delivery, 'context'> {
  /** Finds the id of a VPC's group by its name; undefined if there is still none after `deadlineMs`. */
  readonly find: (name: string, vpcId: string, deadlineMs: number) => Promise<string | undefined>;
}

/**
 * CloudFormation's custom resource for a security group that belongs to CloudFront. It changes nothing: CloudFront
 * creates the group with the first VPC origin of a VPC, and deletes it with the last.
 */
export function createCloudFrontGroupTarget({ find, ...delivery }: CloudFrontGroupParts) {
  return async (event: unknown, context: Context): Promise<void> => {
    const request = requestFromCloudFormation(event);
    if (request === undefined) {
      throw new Error(
        'The event does not come from CloudFormation: it has no RequestType or no ResponseURL. Nothing was done.',
      );
    }
    const deadlineMs = context.getRemainingTimeInMillis() - RESPONSE_MS;
    const response = await handleRequest(request, (vpcId) =>
      find(CLOUDFRONT_GROUP.name, vpcId, deadlineMs),
    ).catch((error: Error) => failureOf(request, error.message));
    // A failed Update during a rollback would leave the stack stuck. A rule that names the group of another VPC fails
    // by itself.
    const kept = response.kind === 'failure' && request.type === 'Update' ? request.physicalId : undefined;
    if (kept !== undefined && response.kind === 'failure') {
      delivery.log('WARN', 'the security group stays as it was', { reason: response.reason });
    }
    await deliverResponse(request, kept === undefined ? response : success(kept), { ...delivery, context });
  };
}

async function handleRequest(
  request: StackRequest,
  find: (vpcId: string) => Promise<string | undefined>,
): Promise<StackResponse> {
  const { type, physicalId, properties } = request;
  if (type === 'Delete') return success(physicalId ?? nothingFound(request));
  if (type !== 'Create' && type !== 'Update') {
    throw new Error(`RequestType must be Create, Update or Delete, but is ${JSON.stringify(type)}`);
  }
  const { VpcId: vpcId } = (properties ?? {}) as { readonly VpcId?: unknown };
  if (typeof vpcId !== 'string' || !/^vpc-[0-9a-f]+$/.test(vpcId))
    throw new Error('VpcId must be the id of a VPC');
  const groupId = await find(vpcId);
  return groupId === undefined
    ? failureOf(
        request,
        `${vpcId} has no security group ${CLOUDFRONT_GROUP.name}, which CloudFront makes with the VPC origin. Check that the origin is deployed, and deploy again`,
      )
    : success(groupId);
}

const success = (physicalId: string): StackResponse => ({
  kind: 'success',
  physicalId,
  attributes: { [CLOUDFRONT_GROUP.groupId]: physicalId },
});

const failureOf = (request: StackRequest, reason: string): StackResponse => ({
  kind: 'failure',
  physicalId: request.physicalId ?? nothingFound(request),
  reason: `Finding CloudFront's security group failed: ${reason}. Nothing was changed.`,
});

/** The physical id in the response to a failed Create. CloudFormation sends it back with a Delete. */
const nothingFound = ({ logicalId }: StackRequest): string => `${logicalId}: nothing found`;
