import { explain, type FunctionOutcome, type FunctionPool } from '../lambda/function-pool.ts';
import type { Ssm } from '../ssm/server.ts';
import { type EventPlace, parameterChangeEvent, scheduledEvent } from './event-bridge-events.ts';
import { createMergedRuns } from './merged-runs.ts';

/** Where the keeper writes the snapshot. In AWS, the key contains the parameters' prefix too. */
export const SNAPSHOT = { bucket: 'snapshots', key: 'snapshot/1.json' } as const;

/** Where it keeps the verifiers' shared secrets, if the app was synthesized with them. */
export const SECRETS = { bucket: 'shared-secrets', key: 'secrets/1.json' } as const;

/** How often the keeper runs without an event. Every minute in AWS, which is too long to wait on a laptop. */
export const KEEPER_INTERVAL_MS = 5000;

/** The function `Configuration` in its role as the keeper, with the EventBridge rule that invokes it. */
export interface Keeper {
  readonly functions: FunctionPool;
  /** Runs it now, in parallel to any run under way. Without an event, sends an empty one, like an invocation by hand. */
  invoke(event?: object): Promise<FunctionOutcome>;
  /** Stops running it by schedule and at changes, as if the rule were gone; resolves when no run is under way. */
  pause(): Promise<void>;
  resume(): void;
  /** Loses the events of changes from now on, as EventBridge may. The schedule still runs it. */
  dropEvents(drop: boolean): void;
  close(): Promise<void>;
}

export interface KeeperOptions {
  readonly functions: FunctionPool;
  readonly place: EventPlace;
  readonly ssm: Pick<Ssm, 'onChange'>;
  /** Full names of the parameters whose changes trigger a run. */
  readonly parameters: readonly string[];
  readonly intervalMs?: number;
  /** Gets one line when runs begin to fail, fail for another reason, or succeed again. */
  readonly log: (line: string) => void;
}

/** Runs the keeper once, as a deploy does, and then at each change of a parameter and by schedule. */
export async function startKeeper(options: KeeperOptions): Promise<Keeper> {
  const { functions, place, ssm, log } = options;
  let problem: string | undefined;
  let paused = false;
  let dropping = false;
  let closed = false;

  const invoke = async (event: object = {}): Promise<FunctionOutcome> => {
    const outcome = await functions.invoke(JSON.stringify(event));
    if (closed) return outcome;
    const seen = problemOf(outcome);
    if (seen !== problem) log(seen === undefined ? 'keeper works again' : `keeper failed: ${seen}`);
    problem = seen;
    return outcome;
  };
  const runs = createMergedRuns<object>(async (event) => {
    await invoke(event);
  });
  const request = (event: object) => {
    if (!paused) runs.request(event);
  };

  const stopListening = ssm.onChange((change) => {
    if (dropping || !options.parameters.includes(change.name)) return;
    request(parameterChangeEvent(change, place));
  });
  await invoke(scheduledEvent(place));
  const timer = setInterval(() => request(scheduledEvent(place)), options.intervalMs ?? KEEPER_INTERVAL_MS);

  return {
    functions,
    invoke,
    pause() {
      paused = true;
      return runs.idle();
    },
    resume() {
      paused = false;
    },
    dropEvents(drop) {
      dropping = drop;
    },
    async close() {
      closed = true;
      clearInterval(timer);
      stopListening();
      await Promise.all([runs.close(), functions.close()]);
    },
  };
}

/** Why a run failed; undefined if it did not. */
function problemOf(outcome: FunctionOutcome): string | undefined {
  if (outcome.kind === 'response') return undefined;
  if (outcome.kind !== 'function-error') return explain(outcome);
  const { errorType, errorMessage } = JSON.parse(outcome.body.toString('utf8')) as Record<string, unknown>;
  return `${errorType}: ${errorMessage}`;
}
