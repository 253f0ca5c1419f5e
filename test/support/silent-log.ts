import type { Log } from '../../lambda/io/log.ts';

const ignore = (): void => {};

/** A log that discards everything. */
export const SILENT_LOG: Log = {
  decision: ignore,
  bug: ignore,
  eventRejected: ignore,
  configRead: ignore,
  configLoaded: ignore,
  configRejected: ignore,
  configFailed: ignore,
  keysFetched: ignore,
  keysLoaded: ignore,
  keysFailed: ignore,
  snapshotRead: ignore,
  snapshotFailed: ignore,
  snapshotFresh: ignore,
  snapshotProblem: ignore,
};
