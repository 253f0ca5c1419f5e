import type { Trace } from './attempt.ts';
import type { Code } from './codes.ts';
import type { Decided } from './decide.ts';
import type { Decision, DirectResponse } from './decision.ts';
import type { LoggedMessage } from './routes/route.ts';

/** One log line: everything an operator needs to tell a caller why. */
export interface Outcome extends Readonly<Trace>, LoggedMessage {
  readonly code: Code | 'allowed';
  readonly status: number;
  readonly reason?: string;
  /** The code of the rejection that a report-only route did not enforce. */
  readonly reported?: Code;
  /** Pattern of the route; absent where none matched. */
  readonly route?: string;
  readonly configVersion?: string;
  readonly upstreamStatus?: number;
  readonly upstreamMs?: number;
}

/** What the log records about a decision, whatever happens to the request next. */
export function contextOf({ decision, config }: Decided<Decision | DirectResponse>): Partial<Outcome> {
  if (config === undefined) return {};
  const { route } = decision;
  const rejection = decision.kind === 'report' ? decision.rejection : undefined;
  return {
    configVersion: config.version,
    ...(route?.path !== undefined && { route: route.path }),
    ...route?.message,
    ...(rejection && { reported: rejection.code, reason: rejection.reason }),
    ...(decision.kind === 'report' ? decision.rejection : decision).trace,
  };
}
