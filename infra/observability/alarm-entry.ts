import type { aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import type { IDependable } from 'constructs';

/** What an alarm is about. */
export interface AlarmEntry {
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  /** Of the last three periods, how many must be at or over the threshold; of 1, the last one alone is looked at. */
  readonly periods: 1 | 2 | 3;
  /** Whether no data is as bad as too much, where something should speak in each period. */
  readonly silenceBreaches?: boolean;
  /** What it waits for to be created, if anything. */
  readonly after?: IDependable;
  /** What is wrong and the first thing to do. */
  readonly description: string;
  /** Heading of docs/runbook.md, as a link names it. */
  readonly runbook: string;
}

/** Entries by the construct ids of their alarms. */
export type AlarmEntries = Readonly<Record<string, AlarmEntry>>;
