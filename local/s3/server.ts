import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { xmlDocument } from '../aws-api/xml.ts';
import { createFaultSwitch, type FaultScope } from '../fault-switch.ts';
import { type LoopbackServer, startLoopbackServer } from '../loopback-server.ts';
import { createObjectStore, type ObjectStore } from './object-store.ts';
import { OPERATIONS, type S3Response } from './operations.ts';
import { S3Error } from './s3-error.ts';
import { readBody, readRequest, type S3Request } from './s3-request.ts';

/**
 * `hang`: never responds. `slow-down`: 503. `denied`: 403. `conflict`: 409, as if another write to the object
 * were under way.
 */
export type S3Fault = 'hang' | 'slow-down' | 'denied' | 'conflict';

const FAULTS = {
  'slow-down': 'SlowDown',
  denied: 'AccessDenied',
  conflict: 'ConditionalRequestConflict',
} as const satisfies Record<Exclude<S3Fault, 'hang'>, string>;

export interface S3 extends LoopbackServer {
  /** Access to the objects without HTTP. */
  readonly store: ObjectStore;
  /** Makes requests fail from now on; `conflict` hits only PutObject unless the scope says otherwise. */
  setFault(fault: S3Fault | undefined, scope?: FaultScope): void;
  /** Sets whether callers may list the buckets. If not, a missing object is a 403. True at the start. */
  setMayList(mayList: boolean): void;
}

export interface S3Options {
  readonly port: number;
  readonly region: string;
  /** The account that owns the buckets, in 12 digits. */
  readonly account: string;
  readonly buckets: readonly string[];
  /**
   * Gets one line per created or deleted object, and per error. Reads and overwrites are silent, because
   * the function polls and the keeper writes every few seconds.
   */
  readonly log: (line: string) => void;
  /** Gets every request as it arrives, for tests. */
  readonly onRequest?: ((request: S3Request) => void) | undefined;
}

/**
 * Serves S3's operations on objects, with path-style URLs. Does not check signatures: anybody who reaches loopback
 * may do everything.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/
 */
export async function startS3(options: S3Options): Promise<S3> {
  const { account, region, log } = options;
  const store = createObjectStore(options.buckets, Date.now);
  const faults = createFaultSwitch<S3Fault>();
  let mayList = true;

  const server = await startLoopbackServer(
    { name: 'S3 endpoint', port: options.port },
    () => async (incoming, response) => {
      const requestId = randomBytes(8).toString('hex').toUpperCase();
      const path = incoming.url?.split('?', 1)[0] ?? '';
      const respond = (given: S3Response) =>
        send(response, given, { requestId, isHead: incoming.method === 'HEAD' });
      try {
        const request = readRequest(incoming);
        options.onRequest?.(request);
        const { operation, bucket, key } = request;
        const fault = faults.take(operation);
        if (fault === 'hang') return;
        const body = await readBody(incoming);
        if (fault) throw new S3Error(FAULTS[fault]);
        if (bucket !== '' && !store.buckets.includes(bucket)) throw new S3Error('NoSuchBucket');
        const owner = incoming.headers['x-amz-expected-bucket-owner'];
        if (owner !== undefined && owner !== account) throw new S3Error('AccessDenied');
        const isNew = key !== '' && store.get(bucket, key) === undefined;
        respond(OPERATIONS[operation]({ ...request, body, store, region, mayList }));
        if (/^Delete/.test(operation) || (operation === 'PutObject' && isNew)) {
          log(`${operation} ${bucket}/${key}`);
        }
      } catch (error) {
        if (error instanceof S3Error) {
          log(`${incoming.method} ${path} ${error.status} ${error.code}: ${error.message}`);
          incoming.resume();
          respond(errorResponse(error, path, requestId));
          return;
        }
        // The client disconnected while it was sending.
        log(`${incoming.method} ${path}: ${error instanceof Error ? error.message : error}`);
        response.destroy();
      }
    },
  );

  return {
    ...server,
    store,
    setFault(fault, scope = {}) {
      faults.set(fault, fault === 'conflict' ? { operations: ['PutObject'], ...scope } : scope);
    },
    setMayList(value) {
      mayList = value;
    },
  };
}

function errorResponse({ status, code, message }: S3Error, path: string, requestId: string): S3Response {
  return {
    status,
    headers: { 'Content-Type': 'application/xml' },
    body: xmlDocument('Error', { Code: code, Message: message, Resource: path, RequestId: requestId }),
  };
}

function send(
  response: ServerResponse,
  { status, headers = {}, body = '' }: S3Response,
  { requestId, isHead }: { readonly requestId: string; readonly isHead: boolean },
): void {
  const isBare = status === 204 || status === 304 || (isHead && status >= 400);
  response.writeHead(status, {
    ...headers,
    ...(isBare ? {} : { 'Content-Length': Buffer.byteLength(body) }),
    'x-amz-request-id': requestId,
    Server: 'AmazonS3',
  });
  response.end(isHead || isBare ? undefined : body);
}
