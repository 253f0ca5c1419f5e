import type { KeeperResult } from './keeper.ts';

export interface KeeperRunParts {
  /** Writes the next snapshot. */
  readonly keepSnapshot: () => Promise<KeeperResult>;
  /** Makes the shared secrets that are due; undefined if there are none. */
  readonly keepSecrets: (() => Promise<void>) | undefined;
  readonly events: {
    readonly keeperFailed: (reason: string) => void;
    readonly secretsFailed: (reason: string) => void;
  };
}

/**
 * One run of the keeper: first the snapshot, then the secrets. Neither depends on the other's success. Each failure
 * is reported at once, and the run rejects at its end.
 */
export function createKeeperRun({ keepSnapshot, keepSecrets, events }: KeeperRunParts) {
  return async (): Promise<KeeperResult> => {
    const failures: Error[] = [];
    const tried = <T>(work: Promise<T>, failed: (reason: string) => void): Promise<T | undefined> =>
      work.catch((error: Error) => {
        failed(error.message);
        failures.push(error);
        return undefined;
      });
    const result = await tried(keepSnapshot(), events.keeperFailed);
    if (keepSecrets !== undefined) await tried(keepSecrets(), events.secretsFailed);
    const [failure] = failures;
    if (result === undefined || failure !== undefined) throw failure;
    return result;
  };
}
