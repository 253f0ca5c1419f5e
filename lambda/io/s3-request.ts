import type { ClientResponse } from './http-client.ts';
import { faultAt, type ServiceError, serviceError } from './service-error.ts';
import type { SignedRequest, SignedRequestOptions } from './signed-request.ts';
import { faultIn } from './xml-response.ts';

export interface S3RequestOptions {
  /** The account that must own the bucket; any account if undefined. */
  readonly owner: string | undefined;
  /** Sends a request that is signed for `s3`. */
  readonly send: SignedRequest;
}

export interface S3Response extends ClientResponse {
  /** `Code` of an error document; empty if there is none. */
  readonly code: string;
  /** Makes an error from a response that the operation cannot use. `advice` says what to do about it. */
  readonly toError: (advice?: string) => ServiceError;
}

/** One request to S3, for an operation by its name: `GetObject`. */
export type S3Request = (operation: string, url: URL, options: SignedRequestOptions) => Promise<S3Response>;

/** Sends requests to S3 and reads the errors in its responses. */
export function createS3Request({ owner, send }: S3RequestOptions): S3Request {
  return async (operation, url, options) => {
    const place = `${operation} of ${url.origin}${url.pathname}`;
    const response = await send(url, {
      ...options,
      headers: { ...options.headers, ...(owner !== undefined && { 'x-amz-expected-bucket-owner': owner }) },
    }).catch(faultAt(place));
    const { status } = response;
    const fault = faultIn(status >= 300 ? response.body.toString('utf8') : '');
    return {
      ...response,
      code: fault.code,
      toError: (advice) => serviceError(place, { status, ...fault }, advice),
    };
  };
}
