import { METRICS } from '../../lambda/contract.ts';
import type { Outcome } from '../../lambda/core/outcome.ts';
import type { LoggedRequest } from '../../lambda/io/log.ts';
import type { LogLine } from '../../tools/cloud-watch-logs.ts';
import { type RequestReport, reportOf } from '../../tools/explain/logged-request.ts';
import { NOW } from '../support/tokens.ts';

export const ID = '1-6ab13b44-abcdef012345678912345678';
export const GROUP = 'AlbJwtAuthorizer-VerifierFunctionLogGroup92A8D27A-k3Xw0tQ7Zr1P';
const INVOCATION = '2efadfb0-71bc-41b8-b72f-1c83ae06108f';

const REQUEST: LoggedRequest = {
  method: 'POST',
  path: '/api/orders/1',
  traceId: `Self=${ID};Root=1-6ab13b43-000000000000000000000000`,
  requestId: ID,
  invocationId: INVOCATION,
};

const EXPIRED: Outcome = {
  configVersion: '3.1.1.2.7.1',
  route: '/api/orders/*',
  provider: 'default',
  kid: 'key-2026',
  code: 'token_expired',
  status: 401,
  reason: 'expired 180 s ago',
};

/** A line as CloudWatch Logs has it, this many milliseconds before now. */
export function lineOf(
  fields: object,
  { agoMs = 60_000, message = 'decision', level = 'WARN' } = {},
): LogLine {
  const at = NOW * 1000 - agoMs;
  const timestamp = new Date(at).toISOString();
  const text = JSON.stringify({ level, message, timestamp, service: 'alb-jwt-authorizer', ...fields });
  return { group: GROUP, stream: '2026/09/21/[1]0123456789abcdef', at, text };
}

export const decisionLine = (
  outcome: Partial<Outcome> = {},
  request: Partial<LoggedRequest> = {},
  agoMs?: number,
): LogLine =>
  lineOf(
    { ...EXPIRED, ...outcome, outcome: 'rejected', ms: 2, coldStart: false, ...REQUEST, ...request },
    agoMs === undefined ? {} : { agoMs },
  );

export const bugLine = (request: Partial<LoggedRequest> = {}): LogLine =>
  lineOf(
    { ...REQUEST, ...request, error: { name: 'TypeError', message: 'x is not a function', stack: 'at x' } },
    { message: 'internal error', level: 'ERROR', agoMs: 60_001 },
  );

/** A line that names no request. */
export const metricLine = (): LogLine => ({
  ...lineOf({}),
  text: JSON.stringify({ [METRICS.decisions]: 1 }),
});

export const reportOn = (lines: readonly LogLine[], id = ID, complete = true): RequestReport =>
  reportOf(
    id,
    {
      region: 'eu-central-1',
      groups: [GROUP],
      from: NOW * 1000 - 86_400_000,
      until: NOW * 1000,
      complete,
    },
    lines,
  );
