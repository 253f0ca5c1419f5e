import type { Context } from 'aws-lambda';
import { documentForCloudFormation, type StackRequest, type StackResponse } from './events/cloudformation.ts';

/** Time that a function reserves for the response, in ms. */
export const RESPONSE_MS = 15_000;

/**
 * The last attempt to respond ends this long before the function's time limit, in ms, so that its error still gets
 * logged.
 */
const MARGIN_MS = 1_000;

export interface Delivery {
  /** Puts a document at the URL of a request; retries for `deadlineMs`. */
  readonly put: (url: string, document: string, deadlineMs: number) => Promise<void>;
  readonly log: (level: 'INFO' | 'WARN' | 'ERROR', message: string, fields: object) => void;
  readonly context: Context;
}

/**
 * Logs a response to CloudFormation and delivers it before the function's own time limit. If that fails, the function
 * fails too, and Lambda repeats the request.
 */
export async function deliverResponse(
  request: StackRequest,
  response: StackResponse,
  { log, put, context }: Delivery,
): Promise<void> {
  const { type: requestType, stackId, logicalId, responseUrl } = request;
  const level = response.kind === 'failure' ? 'ERROR' : 'INFO';
  log(level, 'response to CloudFormation', { requestType, stackId, logicalId, ...response });
  const document = documentForCloudFormation(request, response);
  await put(responseUrl, document, context.getRemainingTimeInMillis() - MARGIN_MS);
}
