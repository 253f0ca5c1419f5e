import type { Code } from './codes.ts';
import { entryOf } from './codes.ts';

/** Protection space of the Bearer challenge (RFC 9110 §11.5). */
const REALM = 'alb-jwt-authorizer';

/** What a challenge tells a client in addition to its error. */
export interface ChallengeParameters {
  /** Scopes to request (RFC 6750 §3). */
  readonly scope?: string | undefined;
  /** Authentication contexts to request, in order of preference (RFC 9470 §3). */
  readonly acrValues?: readonly string[] | undefined;
  /** How long ago the login may be, in seconds (RFC 9470 §3). */
  readonly maxAge?: number | undefined;
  /** URL of the metadata document of the resource (RFC 9728 §5.1). */
  readonly resourceMetadata?: string | undefined;
}

/** The value of WWW-Authenticate for a code; undefined where the code has no challenge. */
export function challengeOf(code: Code, parameters: ChallengeParameters = {}): string | undefined {
  const { challenge: error } = entryOf(code);
  if (error === undefined) return undefined;
  const { scope, acrValues, maxAge, resourceMetadata } = parameters;
  let challenge = `Bearer realm="${REALM}"`;
  if (error !== 'none') challenge += `, error="${error}"`;
  if (scope !== undefined) challenge += `, scope=${quoted(scope)}`;
  if (acrValues !== undefined) challenge += `, acr_values=${quoted(acrValues.join(' '))}`;
  if (maxAge !== undefined) challenge += `, max_age=${maxAge}`;
  if (resourceMetadata !== undefined) challenge += `, resource_metadata=${quoted(resourceMetadata)}`;
  return challenge;
}

/** quoted-string of RFC 9110 §5.6.4. */
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
