import { getCanonicalQuery, SignatureV4 } from '@smithy/signature-v4';
import type { Credentials } from './credentials.ts';
import { type ClientResponse, exchange as exchangeOverHttp } from './http-client.ts';
import { Sha256 } from './sha256.ts';

export interface SignedRequestOptions {
  readonly method: string;
  /** By lower-case names. Host, Content-Length, User-Agent and the fields of the signature are added. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** For the whole request, including a repetition with the right time, in ms. */
  readonly timeoutMs: number;
  /** Longest body that is read, in bytes. */
  readonly maxBytes: number;
  /** Take a new socket, and do not keep it. */
  readonly newSocket?: boolean;
}

/**
 * Signs a request and sends it. Resolves to the response, whatever its status; rejects with a ClientError if there is
 * none.
 */
export type SignedRequest = (url: URL, options: SignedRequestOptions) => Promise<ClientResponse>;

export interface SignerOptions {
  /** The service's name in signatures, e.g. `s3`. */
  readonly service: string;
  readonly region: string;
  readonly credentials: () => Promise<Credentials>;
  readonly now: () => number;
  readonly exchange?: typeof exchangeOverHttp;
}

interface SigningClock {
  /** The service's clock minus ours, in ms. */
  readonly skewMs: number;
  /** When the caller's time is up, by our clock. */
  readonly until: number;
}

/**
 * A smaller difference between clocks is not why a request is rejected, in ms. It is the SDKs' own limit, below AWS's 5
 * minutes.
 */
const MAX_SKEW_MS = 240_000;

/**
 * Signs with AWS Signature Version 4. Path and query are sent in the one spelling that is signed, because the service
 * decodes them and encodes them again. Only S3 signs the path as it is sent, and it requires the hash of the body in
 * a header field.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createSignedRequest(signerOptions: SignerOptions): SignedRequest {
  const { service, region, credentials, now, exchange = exchangeOverHttp } = signerOptions;
  const signer = new SignatureV4({
    service,
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
    applyChecksum: service === 's3',
  });
  let skewMs = 0;

  async function send(url: URL, options: SignedRequestOptions, at: SigningClock): Promise<ClientResponse> {
    const { method, headers, body, timeoutMs, ...limits } = options;
    const path = canonicalPath(url);
    const query = queryOf(url);
    const unsigned = {
      ...headers,
      host: url.host,
      'user-agent': 'alb-jwt-authorizer',
      ...(body && { 'content-length': String(body.length) }),
    };
    const signed = await signer.sign(
      { method, protocol: url.protocol, hostname: url.hostname, path, query, headers: unsigned, body },
      { signingDate: new Date(now() + at.skewMs) },
    );
    const search = getCanonicalQuery({ ...signed, query });
    return exchange(url, {
      ...limits,
      ...(body && { body }),
      method,
      target: search === '' ? path : `${path}?${search}`,
      headers: Object.entries(signed.headers),
      timeoutMs: Math.min(timeoutMs, Math.max(1, at.until - now())),
    });
  }

  return async (url, options) => {
    const first = { skewMs, until: now() + options.timeoutMs };
    const response = await send(url, options, first);
    const ahead = aheadBy(response, now() + first.skewMs);
    if (ahead === undefined) return response;
    skewMs = first.skewMs + ahead;
    return send(url, options, { ...first, skewMs });
  };
}

/** How far the service's clock is ahead, in ms; undefined if that cannot be why it rejected the signature. */
function aheadBy({ status, headers }: ClientResponse, at: number): number | undefined {
  if (status !== 400 && status !== 403) return undefined;
  const date = headers.find(([name]) => name === 'date')?.[1];
  const ahead = Date.parse(date ?? '') - at;
  return Math.abs(ahead) >= MAX_SKEW_MS ? ahead : undefined;
}

/** The path with everything encoded except unreserved characters (RFC 3986 §2.3) and slashes. */
function canonicalPath({ pathname }: URL): string {
  try {
    return pathname
      .split('/')
      .map((segment) =>
        encodeURIComponent(decodeURIComponent(segment)).replace(
          /[!'()*]/g,
          (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
        ),
      )
      .join('/');
  } catch {
    throw new Error(`The path ${pathname} is not UTF-8 in percent-encoding, so it cannot be signed`);
  }
}

/** Every value of each parameter, parsed as a form, as URLSearchParams does. */
function queryOf({ searchParams }: URL): Record<string, string[]> {
  return Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)]));
}
