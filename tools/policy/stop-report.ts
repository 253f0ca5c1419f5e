import type { Applied, Written } from './apply.ts';
import { authorText, readHistories } from './authors.ts';
import { INTERRUPTED_STATUS, type Session } from './session.ts';

export const statusOf = ({ stop }: Applied): number =>
  stop === undefined ? 0 : stop.kind === 'interrupted' ? INTERRUPTED_STATUS : 1;

/** Says what was written and, if putting stopped, what was not and how to continue or undo. Returns whether it stopped. */
export async function sayApplied(session: Session, applied: Applied): Promise<boolean> {
  const { output, call } = session;
  const { written, left, stop } = applied;
  for (const { name, version, after } of written) {
    output.say(`Put ${name}: version ${version}${after === 0 ? '' : `, replacing ${after}`}.`, 'good');
  }
  if (stop === undefined) return false;
  await sayWhy(session, applied);
  const isUnknown = (name: string) => stop.kind === 'failed' && stop.unknown && stop.name === name;
  const certain = left.filter((name) => !isUnknown(name));
  if (written.length === 0) {
    output.say(
      certain.length === left.length ? 'Nothing was written.' : 'Nothing is known to have been written.',
    );
  } else {
    output.say(`Written: ${names(written)}. Not written: ${certain.join(', ') || 'nothing'}.`);
  }
  if (stop.kind === 'failed' && stop.unknown) {
    output.say(
      `Whether ${stop.name} was put is unknown: no response arrived. Check with ${call('status')}`,
      'note',
    );
  }
  if (left.length > 0) output.say('To continue, run the same command again: it puts what still differs.');
  if (written.length > 0) output.say(`To undo what was written: ${call('rollback')}`);
  return true;
}

const names = (written: readonly Written[]): string =>
  written.map(({ name, version }) => `${name} (version ${version})`).join(', ');

async function sayWhy(session: Session, { written, stop }: Applied): Promise<void> {
  const { output } = session;
  switch (stop?.kind) {
    case 'failed':
      return output.say(stop.reason, 'bad');
    case 'interrupted':
      return output.say('Interrupted.', 'bad');
    case 'edited': {
      const histories = await readHistories(session, stop.names);
      for (const name of stop.names) {
        const history = histories[name] ?? [];
        const newest = history.at(-1);
        const who = newest === undefined ? 'by somebody else' : authorText(history, newest.version);
        output.say(`${name} was changed in the meantime: ${who}.`, 'bad');
      }
      return;
    }
    case 'overwrote':
      return sayOverwritten(session, written);
    case undefined:
      return;
    default:
      return stop satisfies never;
  }
}

/** Says who put a version between our read and our write, and how to restore it. */
export async function sayOverwritten(session: Session, written: readonly Written[]): Promise<void> {
  const { output, call } = session;
  for (const { name, version, overwritten } of written) {
    if (overwritten.length === 0) continue;
    const histories = await readHistories(session, [name]);
    for (const lost of overwritten) {
      output.say(
        `${name}: ${authorText(histories[name] ?? [], lost)}, came in between, and version ${version} has overwritten it. To restore it: ${call(`rollback --to ${name}=${lost}`)}`,
        'bad',
      );
    }
  }
}
