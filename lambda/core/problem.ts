import { type ChallengeParameters, challengeOf } from './challenge.ts';
import { type Code, type Status, entryOf } from './codes.ts';
import type { HttpResponse } from './http/message.ts';

/** What a problem response says besides its code. */
export interface ProblemOptions {
  readonly requestId: string;
  /** The URL that the code is appended to, where the operator publishes what codes mean. */
  readonly problemTypes?: string | undefined;
  /** Seconds until a retry makes sense, where that is known (RFC 9110 §10.2.3). */
  readonly retryAfterSeconds?: number;
  readonly challenge?: ChallengeParameters;
  /** The methods that are allowed, with 405 (RFC 9110 §15.5.6). */
  readonly allow?: string;
}

/** RFC 9110 §15. */
const PHRASES: Readonly<Record<Status, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/**
 * The response to a request that is not forwarded: problem details (RFC 9457) with the code and its general meaning,
 * and the challenge of RFC 6750 §3 where the code has one. The exact reason stays in the log, under the same request
 * id.
 */
export function problemResponse(code: Code, options: ProblemOptions): HttpResponse {
  const { requestId, problemTypes, allow, retryAfterSeconds = 1 } = options;
  const { status, detail } = entryOf(code);
  const challenge = challengeOf(code, options.challenge);
  const headers: [string, string][] = [
    ['content-type', 'application/problem+json'],
    ['cache-control', 'no-store'],
  ];
  if (challenge !== undefined) headers.push(['www-authenticate', challenge]);
  if (allow !== undefined) headers.push(['allow', allow]);
  if (status === 503) headers.push(['retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds)))]);
  // RFC 9457 §4.2.1: with `about:blank` the title is the status phrase.
  const type = problemTypes === undefined ? 'about:blank' : problemTypes + code;
  const body = { type, title: PHRASES[status], status, detail, code, requestId };
  return { status, headers, body: Buffer.from(JSON.stringify(body)) };
}
