import { ClientError } from './http-client.ts';

/** A service answered with an error in place of a result. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly status: number;
  /** The service's name of the error, e.g. `ThrottlingException`; empty where the answer has none. */
  readonly code: string;

  constructor(message: string, status: number, code = '') {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What a service says when it is asked too often, whatever the status. */
const PASSING = /^(?:Throttl|RequestThrottl|RequestLimitExceeded|SlowDown|TooManyRequests|RequestTimeout)/;

/** Whether the same request may succeed a moment later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ClientError) return error.kind !== 'too-large';
  return (
    error instanceof ServiceError && (error.status >= 500 || error.status === 429 || PASSING.test(error.code))
  );
}

/** Longest message of a service that is repeated, in characters. */
const MAX_MESSAGE = 400;

/**
 * A service's own words for the log: the first line, because what follows repeats the request, session token
 * included, where a signature is wrong.
 */
export const firstLine = (message: string): string =>
  (/^[^\p{Cc}]*/u.exec(message.trimStart())?.[0] ?? '').trimEnd().slice(0, MAX_MESSAGE);

/** `CODE: MESSAGE`, or what there is of them. */
export const wordsOf = (code: string, message: string): string =>
  [code, firstLine(message)].filter((part) => part !== '').join(': ');
