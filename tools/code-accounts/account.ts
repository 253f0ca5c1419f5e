import type { Outcome } from '../../lambda/core/outcome.ts';
import type { LoggedRequest } from '../../lambda/io/log.ts';

/** What has to change for the same call to succeed. */
export const REMEDIES = {
  waiting: 'repeat the request later, with the same token',
  'a new token': 'get one and repeat the request once',
  'a different token': 'a new token of the same kind would be rejected too; it has to be issued differently',
  'a different request': 'neither repeating the request nor getting another token helps',
  'the operator': 'the caller cannot fix it; only the operator of the service can',
} as const;

export type Remedy = keyof typeof REMEDIES;

/** What a caller and an operator need to know about a code, in addition to what lambda/core/codes.ts says. */
export interface CodeAccount {
  readonly remedy: Remedy;
  /** For the caller: what has happened, and what to do about it. */
  readonly caller: string;
  /** For the operator: the most common causes, and what to do about them. */
  readonly operator: string;
  /** `reason` of the log line, as an example. */
  readonly reason: string;
  /** Members of the log line to look at, in addition to those that every line has. */
  readonly fields: readonly LogField[];
  /** Heading of docs/runbook.md; by default the one for the status. */
  readonly runbook?: string;
  /** A page of docs/ that says more. */
  readonly see?: { readonly text: string; readonly page: string };
}

export type LogField = Exclude<
  keyof Outcome | keyof LoggedRequest | 'ms' | 'coldStart',
  'code' | 'reason' | 'requestId' | 'method' | 'path' | 'status' | 'route' | 'configVersion'
>;

/** A number as the pages write it. */
export const counted = (count: number): string => count.toLocaleString('en');
