import type { aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import type { IDependable } from 'constructs';

/** What an alarm watches and says. */
export interface AlarmEntry {
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  /** How many of the last three periods must reach the threshold; with 1, only the last period counts. */
  readonly periods: 1 | 2 | 3;
  /** Whether missing data counts as reaching the threshold, where something should report in each period. */
  readonly silenceBreaches?: boolean;
  /** What must be created before the alarm, if anything. */
  readonly after?: IDependable;
  /** What is wrong, and what to do first. */
  readonly description: string;
  /** Anchor of the entry in docs/runbook.md. */
  readonly runbook: string;
}

/** Entries by the construct ids of their alarms. */
export type AlarmEntries = Readonly<Record<string, AlarmEntry>>;
