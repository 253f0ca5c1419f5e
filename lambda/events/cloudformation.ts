/**
 * CloudFormation's requests to a custom resource, and the responses to them.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */

export interface StackRequest {
  /** `Create`, `Update` or `Delete`; the response to any other is a failure. */
  readonly type: string;
  /** Where the response goes. It is signed, so whoever has it can respond: never log it. */
  readonly responseUrl: string;
  readonly stackId: string;
  readonly requestId: string;
  readonly logicalId: string;
  /** From the last successful response, or from a failed Create; undefined in a Create. */
  readonly physicalId: string | undefined;
  readonly properties: unknown;
  /** For an Update, the properties before it. */
  readonly oldProperties: unknown;
}

export type StackResponse =
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
    oldProperties: members.OldResourceProperties,
  };
}

/** The largest response, in bytes. */
const MAX_BYTES = 4096;

/** The document to put at the request's URL. A reason quotes SSM, so it is cut if the document would be too long. */
export function documentForCloudFormation(request: StackRequest, response: StackResponse): string {
  const { stackId: StackId, requestId: RequestId, logicalId: LogicalResourceId } = request;
  const identity = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: response.physicalId };
  if (response.kind === 'success') {
    return JSON.stringify({ Status: 'SUCCESS', ...identity, Data: response.attributes });
  }
  const withReason = (Reason: string) => JSON.stringify({ Status: 'FAILED', ...identity, Reason });
  const room = MAX_BYTES - Buffer.byteLength(withReason(''));
  return withReason(cut(response.reason, room));
}

/** The longest beginning of a text that takes at most `bytes` in JSON. */
function cut(text: string, bytes: number): string {
  let room = bytes;
  let kept = '';
  for (const character of text) {
    // Without the quotes.
    room -= Buffer.byteLength(JSON.stringify(character)) - 2;
    if (room < 0) break;
    kept += character;
  }
  return kept;
}
