import { type Code, entryOf } from './codes.ts';
import type { HttpResponse } from './http/message.ts';

/** Protection space of the Bearer challenge (RFC 9110 §11.5). */
const REALM = 'alb-jwt-authorizer';

export interface ProblemOptions {
  /** Seconds until it makes sense to try again, where that is known (RFC 9110 §10.2.3). */
  readonly retryAfterSeconds?: number;
  /** Scopes that the request lacks, as `scope` of an `insufficient_scope` challenge. */
  readonly scope?: string;
}

/**
 * The answer to a request that is not forwarded: problem details (RFC 9457) with the code and its generic
 * title, and the challenge of RFC 6750 §3 where the code has one. Why exactly stays in the log.
 */
export function problemResponse(code: Code, options: ProblemOptions = {}): HttpResponse {
  const { status, title, challenge } = entryOf(code);
  const headers: [string, string][] = [
    ['content-type', 'application/problem+json'],
    ['cache-control', 'no-store'],
  ];
  if (challenge !== undefined) headers.push(['www-authenticate', bearerChallenge(challenge, options.scope)]);
  if (status === 503)
    headers.push(['retry-after', String(Math.max(1, Math.ceil(options.retryAfterSeconds ?? 1)))]);
  return { status, headers, body: Buffer.from(JSON.stringify({ type: 'about:blank', title, status, code })) };
}

function bearerChallenge(error: string, scope: string | undefined): string {
  let challenge = `Bearer realm="${REALM}"`;
  if (error !== 'none') challenge += `, error="${error}"`;
  if (scope !== undefined) challenge += `, scope="${scope}"`;
  return challenge;
}
