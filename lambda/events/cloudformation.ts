/**
 * CloudFormation's requests to a custom resource, and the answers to them.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */

export interface StackRequest {
  /** `Create`, `Update` or `Delete`; the answer to any other is a failure. */
  readonly type: string;
  /** Where the answer goes. It is signed, so whoever has it can answer: never log it. */
  readonly responseUrl: string;
  readonly stackId: string;
  readonly requestId: string;
  readonly logicalId: string;
  /** From the last successful answer; undefined in a Create. */
  readonly physicalId: string | undefined;
  readonly properties: unknown;
}

export type StackAnswer =
  | {
      readonly kind: 'success';
      readonly physicalId: string;
      readonly attributes: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'failure'; readonly physicalId: string; readonly reason: string };

/** The request in an event, or undefined if the event does not come from CloudFormation. */
export function requestFromCloudFormation(event: unknown): StackRequest | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  const members = event as Readonly<Record<string, unknown>>;
  const text = (name: string) => (typeof members[name] === 'string' ? members[name] : undefined);
  const type = text('RequestType');
  const responseUrl = text('ResponseURL');
  if (type === undefined || responseUrl === undefined) return undefined;
  return {
    type,
    responseUrl,
    stackId: text('StackId') ?? '',
    requestId: text('RequestId') ?? '',
    logicalId: text('LogicalResourceId') ?? '',
    physicalId: text('PhysicalResourceId'),
    properties: members.ResourceProperties,
  };
}

/** An answer may have 4,096 bytes, and a reason quotes SSM. */
const MAX_REASON = 1000;

/** The document that is put at the request's URL. */
export function documentForCloudFormation(request: StackRequest, answer: StackAnswer): string {
  const { stackId: StackId, requestId: RequestId, logicalId: LogicalResourceId } = request;
  const identity = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: answer.physicalId };
  return JSON.stringify(
    answer.kind === 'success'
      ? { Status: 'SUCCESS', ...identity, Data: answer.attributes }
      : { Status: 'FAILED', ...identity, Reason: answer.reason.slice(0, MAX_REASON) },
  );
}
