import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import { parseObject } from '../parse-object.ts';
import type { QueryService } from './query-service.ts';
import type { AwsJsonService } from './service.ts';
import { xmlDocument } from './xml.ts';

/** In bytes. AWS's limits differ between services and are not all documented; this is above the limit of any operation here. */
const REQUEST_LIMIT = 1024 * 1024;

interface ApiResponse {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * Serves AWS APIs at one address: APIs of the JSON 1.1 protocol, and query APIs, which take forms. Does not check signatures:
 * anybody who reaches loopback may do everything.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function startAwsEndpoint(options: {
  readonly name: string;
  readonly port: number;
  readonly services: readonly AwsJsonService[];
  readonly queries?: readonly QueryService[];
  /** Gets one line for each error. */
  readonly log: (line: string) => void;
}): Promise<LoopbackServer> {
  const { services, queries = [], log } = options;
  return startLoopbackServer({ name: options.name, port: options.port }, () => async (request, response) => {
    const id = randomUUID();
    const body = await readBody(request);
    // curl -d declares any body a form, so X-Amz-Target decides: only the JSON protocol has it.
    const isForm =
      request.headers['x-amz-target'] === undefined &&
      /^application\/x-www-form-urlencoded\b/.test(request.headers['content-type'] ?? '');
    const result =
      isForm && request.method === 'POST'
        ? queryResponse(body, queries, id, log)
        : jsonResponse(request, body, services, log);
    if (result === undefined) return;
    response.writeHead(result.status, { 'Content-Type': result.type, 'x-amzn-RequestId': id });
    response.end(result.body);
  });
}

/** Undefined if the body is too long. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= REQUEST_LIMIT) chunks.push(chunk);
  }
  return size > REQUEST_LIMIT ? undefined : Buffer.concat(chunks);
}

/** Undefined if the service is to leave the request without a response. */
function jsonResponse(
  request: IncomingMessage,
  body: Buffer | undefined,
  services: readonly AwsJsonService[],
  log: (line: string) => void,
): ApiResponse | undefined {
  const json = (status: number, content: object): ApiResponse => ({
    status,
    type: 'application/x-amz-json-1.1',
    body: JSON.stringify(content),
  });
  const [, target, operation = ''] = /^(\w+)\.(\w+)$/.exec(String(request.headers['x-amz-target'])) ?? [];
  const fail = (type: string, message: string) => {
    log(`${operation || request.url} 400 ${type}: ${message}`);
    return json(400, { __type: type, message });
  };
  const service = services.find((candidate) => candidate.target === target);
  if (request.method !== 'POST' || service === undefined) {
    const targets = services.map((known) => `${known.target}.OPERATION`).join(' or ');
    return fail('UnknownOperationException', `Requests here are POSTs with an X-Amz-Target of ${targets}.`);
  }
  const input = body?.length === 0 ? {} : body && parseObject(body);
  if (!input) return fail('SerializationException', 'The body is not a JSON object.');
  const result = service.execute(operation, input);
  if (result === undefined) return undefined;
  return result.ok ? json(200, result.output) : fail(result.error.type, result.error.message);
}

function queryResponse(
  body: Buffer | undefined,
  services: readonly QueryService[],
  RequestId: string,
  log: (line: string) => void,
): ApiResponse {
  const parameters = Object.fromEntries(new URLSearchParams(body?.toString('utf8') ?? ''));
  const { Action: action = '', Version: version = '' } = parameters;
  const result = services.find((service) => service.version === version)?.execute(action, parameters) ?? {
    ok: false as const,
    error: { code: 'InvalidAction', message: `There is no API of version ${version} here.` },
  };
  const xml = (status: number, root: string, content: Parameters<typeof xmlDocument>[1]): ApiResponse => ({
    status,
    type: 'text/xml',
    body: xmlDocument(root, content),
  });
  if (result.ok) {
    return xml(200, `${action}Response`, {
      [`${action}Result`]: result.output,
      ResponseMetadata: { RequestId },
    });
  }
  const { code: Code, message: Message } = result.error;
  log(`${action} 400 ${Code}: ${Message}`);
  return xml(400, 'ErrorResponse', { Error: { Type: 'Sender', Code, Message }, RequestId });
}
