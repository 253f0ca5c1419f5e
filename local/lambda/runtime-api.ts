import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deferred } from './deferred.ts';

/** An event for the runtime. */
export interface Invocation {
  /** The event's JSON. */
  readonly event: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly functionArn: string;
  readonly traceId?: string | undefined;
}

/** The runtime's report on an invocation. */
export type RuntimeResult =
  | { readonly kind: 'response'; readonly body: Buffer }
  | { readonly kind: 'error'; readonly type: string; readonly body: Buffer };

/** The Lambda Runtime API as one execution environment sees it. */
export interface RuntimeApi {
  /** The value for `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** Settles at the runtime's first `next` ("ready") or its init error. */
  readonly initialized: Promise<'ready' | { readonly type: string; readonly body: Buffer }>;
  /** Hands an event to the runtime when it asks for the next one. Takes one event at a time. */
  invoke(invocation: Invocation): { readonly requestId: string; readonly result: Promise<RuntimeResult> };
  close(): void;
}

/**
 * Serves the Lambda Runtime API on loopback to any runtime client. Each environment has its own server, because
 * the protocol does not identify environments.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 *
 * @param onIdle called when the runtime asks for an event and there is none, the moment at which Lambda would freeze it
 */
export async function startRuntimeApi(onIdle: () => void = () => {}): Promise<RuntimeApi> {
  const initialized = deferred<Awaited<RuntimeApi['initialized']>>();
  let waiting: ServerResponse | undefined;
  let current: { id: string; invocation: Invocation; settle: (result: RuntimeResult) => void } | undefined;
  let delivered = false;

  const deliver = () => {
    if (!waiting || !current || delivered) return;
    const { id, invocation } = current;
    waiting.writeHead(200, {
      'Content-Type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': id,
      'Lambda-Runtime-Deadline-Ms': String(invocation.deadline),
      'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
      ...(invocation.traceId === undefined ? {} : { 'Lambda-Runtime-Trace-Id': invocation.traceId }),
    });
    waiting.end(invocation.event);
    waiting = undefined;
    delivered = true;
  };

  const finish = (id: string | undefined, result: RuntimeResult, response: ServerResponse) => {
    if (!current || current.id !== id) {
      reply(response, 400, { errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' });
      return;
    }
    const { settle } = current;
    current = undefined;
    delivered = false;
    // Lambda responds to the caller only after it has acknowledged the runtime's report.
    response.once('finish', () => settle(result));
    reply(response, 202, { status: 'OK' });
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const [, route, id, report] =
      /^\/2018-06-01\/runtime\/(?:(init\/error|invocation\/next)|invocation\/([^/]+)\/(response|error))$/.exec(
        request.url ?? '',
      ) ?? [];
    const wanted = `${request.method} ${route ?? report ?? 'unknown'}`;
    if (wanted === 'GET invocation/next') {
      initialized.resolve('ready');
      waiting = response;
      if (current) deliver();
      else onIdle();
      return;
    }
    const body = await readBody(request);
    const type = String(request.headers['lambda-runtime-function-error-type'] ?? 'Unhandled');
    if (wanted === 'POST response') finish(id, { kind: 'response', body }, response);
    else if (wanted === 'POST error') finish(id, { kind: 'error', type, body }, response);
    else if (wanted === 'POST init/error') {
      reply(response, 202, { status: 'OK' });
      initialized.resolve({ type, body });
    } else reply(response, 404, { errorType: 'NotFound', errorMessage: `${request.method} ${request.url}` });
  };

  // No time limit on `next`: an environment may wait for hours.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0 }, (request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    initialized: initialized.promise,
    invoke(invocation) {
      if (current) throw new Error('An execution environment takes one invocation at a time.');
      const { promise, resolve } = deferred<RuntimeResult>();
      current = { id: randomUUID(), invocation, settle: resolve };
      const requestId = current.id;
      deliver();
      return { requestId, result: promise };
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
