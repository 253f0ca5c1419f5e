import type { ParameterName } from '../../lambda/contract.ts';
import { type Reading, UNITS } from '../../lambda/core/config/reading.ts';
import type { KeeperResult } from '../../lambda/keeper/keeper.ts';
import { CommandFailure } from '../arguments.ts';
import { utc } from '../explain/format.ts';
import { INTERRUPTED_STATUS, type Session } from './session.ts';

/** Whether what was put is in force. Times are in seconds since the epoch. */
export type Force =
  /** In every verifier. */
  | { readonly state: 'in-force'; readonly since: number; readonly seconds: number }
  /** Not waited for; in force by this time. */
  | { readonly state: 'pending'; readonly at: number }
  | {
      readonly state: 'refused';
      readonly refused: readonly string[];
      readonly versions: KeeperResult['versions'];
    };

export type PutVersions = readonly { readonly name: ParameterName; readonly version: number }[];

/** How long a verifier takes to read after its refresh time, in seconds. */
const READ_SECONDS = 2;

/** Within this time, in seconds, the keeper has run on its schedule, without an event. Includes the run itself. */
export const NEXT_RUN_SECONDS = 65;

/** How long the keeper may still read values from before the put, in seconds, and how often it is invoked again meanwhile. */
const STALE_SECONDS = 30;
const ASK_AGAIN_MS = 1000;

/** How many times in a row the keeper has to reject something before that counts. */
const REJECTIONS_IN_A_ROW = 3;

/** Waits until what was put is in force, and reports it. `putAt` is in seconds since the epoch, by default now. */
export async function waitInForce(
  session: Session,
  put: PutVersions,
  putAt = session.now() / 1000,
): Promise<Force> {
  const { target, output, now, sleep, interrupted, wait } = session;
  const kept = await keep(session, put);
  if (kept !== undefined && kept !== 'unknown') {
    output.say(
      'The keeper rejects it, so it will not come into force. What was in force before still is:',
      'bad',
    );
    for (const problem of kept.refused) output.say(`  ${problem}`);
    output.say(`  in force: ${versionsText(kept.versions)}`);
    return { state: 'refused', ...kept };
  }
  const mayTake =
    target.refreshSeconds +
    READ_SECONDS +
    (kept === 'unknown' && target.hasKeeper !== false ? NEXT_RUN_SECONDS : 0);
  const at = now() / 1000 + mayTake;
  if (interrupted.aborted || !wait) return pending(session, at);
  output.say(
    `In force in every verifier within ${Math.ceil(mayTake)} seconds, at ${utc(at)}. Nothing can observe all verifiers, so this command waits until then.`,
  );
  await sleep(Math.max(0, at * 1000 - now()));
  if (interrupted.aborted) return pending(session, at);
  const since = now() / 1000;
  const seconds = Math.round(since - putAt);
  output.say(`In force since ${utc(since)} at the latest, ${seconds} seconds after it was put.`, 'good');
  return { state: 'in-force', since, seconds };
}

/**
 * The same for values that are stored already. If they were put moments ago, perhaps by a call that was interrupted, they may
 * not be in force yet. Undefined if they were put long enough ago.
 */
export async function waitIfRecent(
  session: Session,
  reading: Reading,
  names: readonly ParameterName[],
): Promise<Force | undefined> {
  const { target, output, now } = session;
  const since = now() / 1000 - target.refreshSeconds - READ_SECONDS - NEXT_RUN_SECONDS;
  const recent = names.flatMap((name) => {
    const { version, modifiedAt = 0 } = reading[name] ?? {};
    return version !== undefined && modifiedAt > since ? [{ name, version, modifiedAt }] : [];
  });
  if (recent.length === 0) return undefined;
  const putAt = Math.max(...recent.map(({ modifiedAt }) => modifiedAt));
  output.say(
    `It was put only moments ago, at ${utc(putAt)}: ${recent.map(({ name, version }) => `${name} ${version}`).join(', ')}.`,
  );
  return waitInForce(session, recent, putAt);
}

/** The exit status that follows from it. */
export const forceStatus = (force: Force | undefined, interrupted: AbortSignal): number => {
  if (force?.state === 'refused') return 1;
  return interrupted.aborted ? INTERRUPTED_STATUS : 0;
};

function pending({ output, now }: Session, at: number): Force {
  const seconds = Math.max(0, Math.ceil(at - now() / 1000));
  output.say(`It is put, and will be in force within ${seconds} seconds, at ${utc(at)}.`, 'note');
  return { state: 'pending', at };
}

/**
 * Makes the keeper read what was put. Undefined once it has, `unknown` if it cannot be invoked, and its response if it rejects something.
 */
async function keep(
  session: Session,
  put: PutVersions,
): Promise<undefined | 'unknown' | Pick<KeeperResult, 'refused' | 'versions'>> {
  const { target, output, now, sleep, interrupted } = session;
  if (target.runKeeper === undefined) return 'unknown';
  const until = now() + STALE_SECONDS * 1000;
  let rejections = 0;
  while (!interrupted.aborted && now() < until) {
    const result = await target.runKeeper().catch((error: unknown) => {
      if (!(error instanceof CommandFailure)) throw error;
      return error;
    });
    if (result instanceof Error) {
      output.say(
        `The keeper did not confirm that it has read it. It runs by itself within a minute. ${result.message}`,
        'note',
      );
      return 'unknown';
    }
    const { versions } = result;
    if (put.every(({ name, version }) => (versions[name] ?? 0) >= version)) {
      output.say('The keeper has read it and accepts it.');
      return undefined;
    }
    const refused = rejectionsOf(result, put, target.path);
    // The keeper may have read, and rejected, the values from before the put.
    rejections = refused.length > 0 ? rejections + 1 : 0;
    if (rejections >= REJECTIONS_IN_A_ROW) return { refused, versions };
    await sleep(ASK_AGAIN_MS);
  }
  return 'unknown';
}

/** Whether a rejection by the keeper is about this parameter: it begins with the full name. */
export const isAbout = (problem: string, path: string, name: ParameterName): boolean =>
  problem.startsWith(`${path}/${name}: `);

/** Those rejections that keep something that was put from coming into force. */
function rejectionsOf({ refused }: KeeperResult, put: PutVersions, path: string): string[] {
  const units = Object.values(UNITS).filter((names: readonly ParameterName[]) =>
    put.some(({ name }) => names.includes(name)),
  );
  return refused.filter((problem) => units.flat().some((name) => isAbout(problem, path, name)));
}

export const versionsText = (versions: Readonly<Record<string, number>>): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ') || 'nothing';
