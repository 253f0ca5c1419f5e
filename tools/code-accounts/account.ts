import type { Outcome } from '../../lambda/core/outcome.ts';
import type { LoggedRequest } from '../../lambda/io/log.ts';

/** What has to change for the same call to succeed. */
export const REMEDIES = {
  waiting: 'repeat the request later, with the same token',
  'a new token': 'get one and repeat the request, once',
  'another token': 'a new one like it would be refused too; it has to be issued differently',
  'another request': 'neither a retry nor another token helps',
  'the operator': 'the caller can do nothing but ask whoever runs the service',
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
  /** Members of the log line to look at, beside those that every one has. */
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
