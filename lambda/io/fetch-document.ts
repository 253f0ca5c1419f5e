import { exchange } from './http-client.ts';

export interface Document {
  readonly text: string;
  /** Value of Cache-Control, where the server sent one. */
  readonly cacheControl: string | undefined;
}

/** Fetches a small public document. Rejects with a message for the log on anything but 200 in time. */
export type FetchDocument = (url: URL) => Promise<Document>;

/** There is no such document: S3 says 403 to those who may not list, 404 to the others. */
export class DocumentNotFound extends Error {
  override readonly name = 'DocumentNotFound';
}

/** For the whole exchange, in ms. Two of them (discovery, then keys) fit into one load. */
const TIMEOUT_MS = 2_500;

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
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  }).catch((error: Error) => {
    throw new Error(`${url.href}: ${error.message}`);
  });
  if (status === 404 || status === 403)
    throw new DocumentNotFound(`${url.href}: answered with status ${status}`);
  if (status !== 200) throw new Error(`${url.href}: answered with status ${status}`);
  return {
    text: body.toString('utf8'),
    cacheControl: headers.find(([name]) => name === 'cache-control')?.[1],
  };
};
