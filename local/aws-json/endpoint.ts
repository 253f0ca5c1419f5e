import { randomUUID } from 'node:crypto';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import { parseObject } from '../parse-object.ts';
import type { AwsJsonService } from './service.ts';

/** AWS's limits on requests differ and are not all documented; this one is above what any operation here allows. */
const REQUEST_LIMIT = 1024 * 1024;

/**
 * Serves APIs over the AWS JSON 1.1 protocol, all at one address. Signatures are not checked: anyone who reaches loopback may do
 * everything.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function startAwsJsonEndpoint(options: {
  readonly name: string;
  readonly port: number;
  readonly services: readonly AwsJsonService[];
  /** Gets one line for each error. */
  readonly log: (line: string) => void;
}): Promise<LoopbackServer> {
  const { services, log } = options;
  return startLoopbackServer({ name: options.name, port: options.port }, () => async (request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, {
        'Content-Type': 'application/x-amz-json-1.1',
        'x-amzn-RequestId': randomUUID(),
      });
      response.end(JSON.stringify(body));
    };
    const [, target, operation = ''] = /^(\w+)\.(\w+)$/.exec(String(request.headers['x-amz-target'])) ?? [];
    const fail = (type: string, message: string) => {
      log(`${operation || request.url} 400 ${type}: ${message}`);
      answer(400, { __type: type, message });
    };

    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size <= REQUEST_LIMIT) chunks.push(chunk);
    }
    const service = services.find((candidate) => candidate.target === target);
    if (request.method !== 'POST' || service === undefined) {
      const targets = services.map((known) => `${known.target}.OPERATION`).join(' or ');
      fail('UnknownOperationException', `Requests here are POSTs with an X-Amz-Target of ${targets}.`);
      return;
    }
    const body = Buffer.concat(chunks);
    const input = size > REQUEST_LIMIT ? undefined : size === 0 ? {} : parseObject(body);
    if (!input) {
      fail('SerializationException', 'The body is not a JSON object.');
      return;
    }
    const result = service.execute(operation, input);
    if (result === undefined) return;
    if (result.ok) answer(200, result.output);
    else fail(result.error.type, result.error.message);
  });
}
