import type { Outcome } from '../../lambda/core/outcome.ts';
import type { LoggedRequest } from '../../lambda/io/log.ts';

/** What has to change for the same call to succeed. */
export const REMEDIES = {
  wait: 'Repeat the request later, with the same token',
  'new token': 'Repeat the request with a new token, once',
  'another token': 'Only a token that is issued differently helps, not another one like it',
  'another request': 'Only another request helps, whatever the token',
  operator: 'Nothing that the caller does helps: ask whoever runs the service',
} as const;

export type Remedy = keyof typeof REMEDIES;

/** What a caller and an operator have to know of a code, beside what lambda/core/codes.ts says. */
export interface CodeAccount {
  readonly remedy: Remedy;
  /** For the caller: what has happened, and what to do about it. */
  readonly caller: string;
  /** For the operator: what most often lies behind it, and what to do about it. */
  readonly operator: string;
  /** `reason` of the log line, as an example. */
  readonly reason: string;
  /** Members of the log line to look at, beside `code`, `reason`, `requestId`, `method` and `path`. */
  readonly fields: readonly LogField[];
  /** Heading of docs/runbook.md; by default the one for the status. */
  readonly runbook?: string;
}

export type LogField = Exclude<
  keyof Outcome | keyof LoggedRequest | 'ms' | 'coldStart',
  'code' | 'reason' | 'requestId' | 'method' | 'path' | 'status'
>;
