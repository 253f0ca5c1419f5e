import { STATUS_CODES } from 'node:http';
import { expect } from '@jest/globals';
import { CODES } from '../../lambda/core/codes.ts';
import type { RecordingUpstream } from './recording-upstream.ts';
import type { World } from './world.ts';

/** Text that tests put into claims and headers of bad tokens; it must never appear in any output. */
export const CANARY = 'canary-7f3a';

/** What the caller gets. */
const CHALLENGES: Readonly<Record<string, { status: number; challenge?: string }>> = {
  token_missing: { status: 401, challenge: 'Bearer realm="alb-jwt-authorizer"' },
  token_ambiguous: {
    status: 400,
    challenge: 'Bearer realm="alb-jwt-authorizer", error="invalid_request"',
  },
  signed_header_missing: { status: 403 },
  path_invalid: { status: 400 },
  mcp_request_invalid: { status: 400 },
  scope_missing: {
    status: 403,
    challenge: 'Bearer realm="alb-jwt-authorizer", error="insufficient_scope", scope="admin"',
  },
  route_missing: { status: 403 },
  origin_not_allowed: { status: 403 },
  request_invalid: { status: 400 },
  keys_unavailable: { status: 503 },
  config_unavailable: { status: 503 },
  identity_unforwardable: { status: 403 },
};
const INVALID_TOKEN = {
  status: 401,
  challenge: 'Bearer realm="alb-jwt-authorizer", error="invalid_token"',
};

type CallResponse = Awaited<ReturnType<World['call']>>;

export interface Rejection {
  readonly world: World;
  readonly upstream?: RecordingUpstream;
  /** Parts of the request that may appear neither in the response nor in the log. */
  readonly secrets?: readonly string[];
}

/**
 * Asserts what holds for every rejection: status, challenge and code from the table, a body with only the code and
 * its meaning, no request at the upstream, no bug, and no secret in the response or log.
 */
export function expectRejected(
  response: CallResponse,
  code: string,
  { world, upstream, secrets = [] }: Rejection,
): void {
  expect(response.body).toMatchObject({ code });
  const { status, challenge } = CHALLENGES[code] ?? INVALID_TOKEN;
  expect(response.status).toBe(status);
  expect(response.headers['www-authenticate']).toEqual(challenge === undefined ? undefined : [challenge]);
  expect(response.headers['content-type']).toEqual(['application/problem+json']);
  if (status === 503) expect(Number(response.headers['retry-after']?.[0])).toBeGreaterThanOrEqual(1);
  expect(response.body).toEqual({
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: CODES[code as keyof typeof CODES].detail,
    code,
    requestId: world.decisions.at(-1)?.request.requestId,
  });
  expect(response.headers['x-request-id']).toEqual([world.decisions.at(-1)?.request.requestId]);
  expect(upstream?.received ?? []).toEqual([]);
  expect(world.bugs).toEqual([]);
  expect(world.decisions.at(-1)).toMatchObject({ code, status });
  const seen = JSON.stringify([response.raw, world.decisions, world.events]);
  for (const secret of [CANARY, ...secrets]) {
    if (secret.length > 7) expect(seen).not.toContain(secret);
  }
}

/** The token and each of its segments. */
export const secretsOf = (token: string): string[] => [token, ...token.split('.')];
