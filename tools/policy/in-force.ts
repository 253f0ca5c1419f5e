import type { ParameterName } from '../../lambda/contract.ts';
import { type Reading, UNITS } from '../../lambda/core/config/reading.ts';
import type { KeeperAnswer } from '../../lambda/keeper/keeper.ts';
import { CommandFailure } from '../arguments.ts';
import { utc } from '../explain/format.ts';
import { INTERRUPTED_STATUS, type Session } from './session.ts';

/** Whether what was put is in force. Times are in seconds since the epoch. */
export type Force =
  /** In each verifier. */
  | { readonly state: 'in-force'; readonly since: number; readonly seconds: number }
  /** Not waited for: at this time. */
  | { readonly state: 'pending'; readonly at: number }
  | {
      readonly state: 'refused';
      readonly refused: readonly string[];
      readonly versions: KeeperAnswer['versions'];
    };

export type PutVersions = readonly { readonly name: ParameterName; readonly version: number }[];

/** How much longer than the refresh time a verifier takes to have read, in seconds. */
const READ_SECONDS = 2;

/** By when the keeper runs without its event, in seconds, and how long a run takes. */
export const NEXT_RUN_SECONDS = 65;

/** How long the keeper's reading may be from before the put, in seconds, and how often it is asked again meanwhile. */
const STALE_SECONDS = 30;
const ASK_AGAIN_MS = 1000;

/** How often the keeper has to refuse the same before that counts. */
const REFUSALS = 3;

/** Waits until what was put is in force, and says so. `putAt` is in seconds since the epoch: now, unless set. */
export async function waitInForce(
  session: Session,
  put: PutVersions,
  putAt = session.now() / 1000,
): Promise<Force> {
  const { target, output, now, sleep, interrupted, wait } = session;
  const kept = await keep(session, put);
  if (kept !== undefined && kept !== 'unknown') {
    output.say(
      'The keeper refuses it, so it will not be in force. What was in force before still is:',
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
    `In force within ${Math.ceil(mayTake)} seconds in each verifier, at ${utc(at)}. Nobody sees them all, so this waits.`,
  );
  await sleep(Math.max(0, at * 1000 - now()));
  if (interrupted.aborted) return pending(session, at);
  const since = now() / 1000;
  const seconds = Math.round(since - putAt);
  output.say(`In force since ${utc(since)} at the latest, ${seconds} seconds after it was put.`, 'good');
  return { state: 'in-force', since, seconds };
}

/**
 * The same for what is there already: where it was put a moment ago, perhaps by a call that was interrupted, it may not be in
 * force yet. Undefined where it was put long enough ago.
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
    `It was put only a moment ago, at ${utc(putAt)}: ${recent.map(({ name, version }) => `${name} ${version}`).join(', ')}.`,
  );
  return waitInForce(session, recent, putAt);
}

/** The status of a command that has ended so. */
export const forceStatus = (force: Force | undefined, interrupted: AbortSignal): number => {
  if (force?.state === 'refused') return 1;
  return interrupted.aborted ? INTERRUPTED_STATUS : 0;
};

function pending({ output, now }: Session, at: number): Force {
  const seconds = Math.max(0, Math.ceil(at - now() / 1000));
  output.say(`It is put, and in force within ${seconds} seconds, at ${utc(at)}.`, 'note');
  return { state: 'pending', at };
}

/**
 * Has the keeper read what was put: undefined once it has, `unknown` where it cannot be asked, and what it says where it
 * refuses.
 */
async function keep(
  session: Session,
  put: PutVersions,
): Promise<undefined | 'unknown' | Pick<KeeperAnswer, 'refused' | 'versions'>> {
  const { target, output, now, sleep, interrupted } = session;
  if (target.runKeeper === undefined) return 'unknown';
  const until = now() + STALE_SECONDS * 1000;
  let refusals = 0;
  while (!interrupted.aborted && now() < until) {
    const answer = await target.runKeeper().catch((error: unknown) => {
      if (!(error instanceof CommandFailure)) throw error;
      return error;
    });
    if (answer instanceof Error) {
      output.say(
        `The keeper was not seen to read it, and runs by itself within a minute. ${answer.message}`,
        'note',
      );
      return 'unknown';
    }
    const { versions } = answer;
    if (put.every(({ name, version }) => (versions[name] ?? 0) >= version)) {
      output.say('The keeper has read it and takes it.');
      return undefined;
    }
    const refused = refusedOf(answer, put, target.path);
    // A reading from before the put may have been refused for what was there.
    refusals = refused.length > 0 ? refusals + 1 : 0;
    if (refusals >= REFUSALS) return { refused, versions };
    await sleep(ASK_AGAIN_MS);
  }
  return 'unknown';
}

/** Whether what the keeper refuses is this parameter: it says the full name first. */
export const isAbout = (problem: string, path: string, name: ParameterName): boolean =>
  problem.startsWith(`${path}/${name}: `);

/** Of what is refused, that which keeps something that was put from being in force. */
function refusedOf({ refused }: KeeperAnswer, put: PutVersions, path: string): string[] {
  const units = Object.values(UNITS).filter((names: readonly ParameterName[]) =>
    put.some(({ name }) => names.includes(name)),
  );
  return refused.filter((problem) => units.flat().some((name) => isAbout(problem, path, name)));
}

export const versionsText = (versions: Readonly<Record<string, number>>): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ') || 'nothing';
