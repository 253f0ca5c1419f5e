import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPrivate, reachOf } from '../core/config/address.ts';
import type { EndpointOptions } from '../core/config/url.ts';
import type { EndpointTrust } from '../core/provider.ts';
import { exchange } from './http-client.ts';

export interface Document {
  readonly text: string;
  /** Value of Cache-Control, if the server sent one. */
  readonly cacheControl: string | undefined;
}

/**
 * Fetches a small public document. Rejects, with a message for the log, on anything but 200 in time, and if the host's
 * name resolves to a link-local address, to a loopback address although the URL must lead elsewhere, or, over plain
 * http, to any address that is not private. `ca` contains the certificates by which an https server is trusted.
 */
export type FetchDocument = (url: URL, options?: FetchOptions) => Promise<Document>;

export type FetchOptions = Pick<EndpointOptions, 'elsewhere'> & Pick<EndpointTrust, 'ca'>;

/** There is no such document. Only 404 says so reliably: S3 may return 403 instead, but so may a rate limit. */
export class DocumentNotFound extends Error {
  override readonly name = 'DocumentNotFound';
}

/** For the whole exchange, in ms. Two of them (discovery, then keys) fit into one load. */
export const TIMEOUT_MS = 2_000;

/**
 * Longest document, in bytes. Key sets with certificate chains have tens of KB; the limit for an ALB's own
 * verification is 150 KB.
 */
export const MAX_BYTES = 512 * 1024;

/** Uses node:http(s). Follows no redirects: a key set comes from the configured URL, or not at all. */
export const createFetchDocument =
  (resolve: LookupFunction): FetchDocument =>
  async (url, { elsewhere = false, ca } = {}) => {
    const limits = { elsewhere, privateOnly: url.protocol === 'http:' };
    const problem = isAddress(url.hostname) ? addressProblem([url.hostname], limits) : undefined;
    if (problem !== undefined) throw new Error(`${url.href}: ${problem}`);
    const { status, headers, body } = await exchange(url, {
      lookup: guardedLookup(resolve, limits),
      ...(ca !== undefined && { ca }),
      method: 'GET',
      target: url.pathname + url.search,
      headers: [
        ['host', url.host],
        ['accept', 'application/json'],
        ['user-agent', 'alb-jwt-authorizer'],
      ],
      // Fetches are minutes apart, so a kept socket would be dead by the next one.
      newSocket: true,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    }).catch((error: Error) => {
      throw new Error(`${url.href}: ${error.message}`);
    });
    if (status === 404) throw new DocumentNotFound(`${url.href}: responded with status 404`);
    if (status !== 200) throw new Error(`${url.href}: responded with status ${status}`);
    return {
      // RFC 8259 §8.1: a byte order mark may be ignored, and some file servers write one.
      text: body.toString('utf8').replace(/^\uFEFF/, ''),
      cacheControl: headers.find(([name]) => name === 'cache-control')?.[1],
    };
  };

export const fetchDocument = createFetchDocument(lookup);

/** Which addresses may be called; never those of the local link. */
interface Limits {
  /** Excludes this machine's addresses. */
  readonly elsewhere: boolean;
  readonly privateOnly: boolean;
}

const isAddress = (host: string): boolean => reachOf(host) !== undefined;

/**
 * Looks a name up, and rejects it if any of its addresses must not be called. The call then goes to the addresses
 * that were checked.
 */
const guardedLookup =
  (resolve: LookupFunction, limits: Limits): LookupFunction =>
  (hostname, options, callback) =>
    resolve(hostname, options, (error, addresses, family) => {
      if (error !== null) return callback(error, addresses, family);
      const found = typeof addresses === 'string' ? [addresses] : addresses.map(({ address }) => address);
      const problem = addressProblem(found, limits);
      if (problem === undefined) callback(error, addresses, family);
      else callback(new Error(problem), []);
    });

/** Why these addresses must not be called; undefined if all may be. */
function addressProblem(
  addresses: readonly string[],
  { elsewhere, privateOnly }: Limits,
): string | undefined {
  const reaches = addresses.map(reachOf);
  if (reaches.includes('the local link')) return 'the host resolves to a link-local address';
  if (elsewhere && reaches.includes('this machine')) return 'the host resolves to a loopback address';
  return privateOnly && !addresses.every(isPrivate)
    ? 'the host resolves to an address that is not private, so http is not allowed'
    : undefined;
}
