import { exchange } from './http-client.ts';

export interface Document {
  readonly text: string;
  /** Value of Cache-Control, where the server sent one. */
  readonly cacheControl: string | undefined;
}

/** Fetches a small public document. Rejects with a message for the log on anything but 200 in time. */
export type FetchDocument = (url: URL) => Promise<Document>;

/** There is no such document. Only 404 says so for sure: 403 is also what S3 and rate limits say. */
export class DocumentNotFound extends Error {
  override readonly name = 'DocumentNotFound';
}

/** For the whole exchange, in ms. Two of them (discovery, then keys) fit into one load. */
const TIMEOUT_MS = 2_000;

/** Longest document, in bytes. Key sets with certificate chains have tens of KB; the ALB stops at 150 KB. */
const MAX_BYTES = 512 * 1024;

/** Over node:http(s). Follows no redirect: a key set comes from the URL that was configured, or not at all. */
export const fetchDocument: FetchDocument = async (url) => {
  const { status, headers, body } = await exchange(url, {
    method: 'GET',
    target: url.pathname + url.search,
    headers: [
      ['host', url.host],
      ['accept', 'application/json'],
      ['user-agent', 'alb-jwt-authorizer'],
    ],
    // Minutes lie between two fetches, so a socket kept from the last one would be a dead one.
    newSocket: true,
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  }).catch((error: Error) => {
    throw new Error(`${url.href}: ${error.message}`);
  });
  if (status === 404) throw new DocumentNotFound(`${url.href}: answered with status 404`);
  if (status !== 200) throw new Error(`${url.href}: answered with status ${status}`);
  return {
    // RFC 8259 §8.1: a byte order mark may be ignored, and some servers of files write one.
    text: body.toString('utf8').replace(/^\uFEFF/, ''),
    cacheControl: headers.find(([name]) => name === 'cache-control')?.[1],
  };
};
