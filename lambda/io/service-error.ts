import { ClientError } from './http-client.ts';

/** A service responded with an error instead of a result. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly status: number;
  /** The service's name for the error, e.g. `ThrottlingException`; empty if the response has none. */
  readonly code: string;

  constructor(message: string, status: number, code = '') {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Error codes of a service that is called too often, whatever the status. */
const PASSING = /^(?:Throttl|RequestThrottl|RequestLimitExceeded|SlowDown|TooManyRequests|RequestTimeout)/;

/** Whether the same request may succeed a moment later. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ClientError) return error.kind !== 'too-large';
  return (
    error instanceof ServiceError && (error.status >= 500 || error.status === 429 || PASSING.test(error.code))
  );
}

/** Longest message of a service that is quoted, in characters. */
const MAX_MESSAGE = 400;

interface ErrorResponse {
  readonly status: number;
  readonly code: string;
  /** The service's own words. */
  readonly message: string;
}

/**
 * The part of a service's message that is quoted: the first line. If a signature is wrong, the following lines repeat
 * the request, including the session token.
 */
export const firstLine = (message: string): string =>
  /^[^\p{Cc}]*/u.exec(message.trimStart())?.[0].trimEnd().slice(0, MAX_MESSAGE) ?? '';

/**
 * The error for a response without a result: what was called and where, what the service said, and what to do about it.
 */
export function serviceError(
  place: string,
  { status, code, message }: ErrorResponse,
  advice?: string,
): ServiceError {
  const words = [code, firstLine(message)].filter((part) => part !== '').join(': ');
  const said = words === '' ? `status ${status}` : `status ${status}, ${words}`;
  const advised = advice === undefined ? said : `${said.replace(/\.$/, '')}. ${advice}`;
  return new ServiceError(`${place}: ${advised}`, status, code);
}

/** For `catch`: adds the place to a connection error. */
export function faultAt(place: string) {
  return (error: unknown): never => {
    throw error instanceof ClientError ? new ClientError(error.kind, `${place}: ${error.message}`) : error;
  };
}
