import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { LambdaFunction } from '../assembly/deployment.ts';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import { explain, type FunctionOutcome, type FunctionPool } from './function-pool.ts';

interface InvokeResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** Lambda's limit on the event of a synchronous invocation, in bytes. */
const EVENT_LIMIT = 6 * 1024 * 1024;

/**
 * Serves Lambda's Invoke for one function. Does not check signatures: anybody who reaches loopback may invoke.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function startInvokeApi(options: {
  readonly port: number;
  readonly lambda: LambdaFunction;
  readonly invoke: FunctionPool['invoke'];
  /** Gets one line per request. */
  readonly log: (line: string) => void;
}): Promise<LoopbackServer> {
  const { lambda, invoke, log } = options;
  const handleRequest = async (request: IncomingMessage): Promise<InvokeResponse> => {
    const event = await readEvent(request);
    const [, encoded = ''] =
      /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?|$)/.exec(request.url ?? '') ?? [];
    if (request.method !== 'POST' || encoded === '') {
      return failure(
        404,
        'UnknownOperationException',
        'This endpoint only takes POST /2015-03-31/functions/NAME/invocations.',
      );
    }
    const name = decodeURIComponent(encoded);
    if (!isNamed(name, lambda)) {
      return failure(404, 'ResourceNotFoundException', `Function not found: ${name}`);
    }
    if (event === undefined) {
      return failure(413, 'RequestTooLargeException', `The event has more than ${EVENT_LIMIT} bytes.`);
    }
    if (!isJson(event)) {
      return failure(400, 'InvalidRequestContentException', 'Could not parse request body into json.');
    }
    const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
    if (type === 'DryRun') return { status: 204 };
    if (type === 'Event') {
      void invoke(event);
      return { status: 202 };
    }
    return responseFor(await invoke(event), lambda);
  };

  return startLoopbackServer(
    { name: 'Lambda endpoint', port: options.port },
    () => async (request, response) => {
      const result = await handleRequest(request).catch((error: unknown) => {
        // The client disconnected while it was sending, or its path is malformed.
        log(`${request.method} ${request.url}: ${error instanceof Error ? error.message : error}`);
        response.destroy();
      });
      if (!result) return;
      const { status, headers = {}, body = '' } = result;
      const functionError = headers['X-Amz-Function-Error'];
      log(
        `${request.method} ${request.url} ${status}${functionError === undefined ? '' : ` ${functionError}`}`,
      );
      response.writeHead(status, {
        'Content-Type': 'application/json',
        'x-amzn-RequestId': randomUUID(),
        ...headers,
      });
      response.end(body);
    },
  );
}

/** Whether a name, an ARN or the end of an ARN means this function, with or without a version or alias. */
function isNamed(name: string, { name: own, arn, version }: LambdaFunction): boolean {
  const [, called, qualifier] =
    /^(?:(?:arn:aws[^:]*:lambda:[^:]*:)?\d{12}:function:)?([^:]+)(?::(.+))?$/.exec(name) ?? [];
  if (called !== own) return false;
  return qualifier === undefined || qualifier === version || name === arn;
}

function responseFor(outcome: FunctionOutcome, { version }: LambdaFunction): InvokeResponse {
  if (outcome.kind === 'no-environment') {
    return failure(429, 'TooManyRequestsException', 'Rate Exceeded.');
  }
  const headers = { 'X-Amz-Executed-Version': version };
  if (outcome.kind === 'response') return { status: 200, headers, body: outcome.body };
  const failed = { ...headers, 'X-Amz-Function-Error': 'Unhandled' };
  if (outcome.kind === 'function-error') return { status: 200, headers: failed, body: outcome.body };
  const errorType = {
    'init-error': 'Runtime.InitError',
    exited: 'Runtime.ExitError',
    timeout: 'Sandbox.Timedout',
  }[outcome.kind];
  return {
    status: 200,
    headers: failed,
    body: JSON.stringify({ errorType, errorMessage: explain(outcome) }),
  };
}

function failure(status: number, type: string, message: string): InvokeResponse {
  return {
    status,
    headers: { 'x-amzn-ErrorType': type },
    body: JSON.stringify({ Type: 'User', Message: message, message }),
  };
}

/** The event's JSON; undefined if it is too long. Without a body, the event is empty. */
async function readEvent(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= EVENT_LIMIT) chunks.push(chunk);
  }
  if (size > EVENT_LIMIT) return undefined;
  return size === 0 ? '{}' : Buffer.concat(chunks).toString('utf8');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
