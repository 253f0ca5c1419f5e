import type { ParameterName } from '../../lambda/contract.ts';
import { CommandFailure } from '../arguments.ts';
import { utc } from '../explain/format.ts';
import { howText } from './change-note.ts';
import { type Histories, ownNoteOf, type PastVersion } from './history.ts';
import type { Session } from './session.ts';

/** The histories of some parameters that exist. Those that cannot be read are left out, with one note about it. */
export async function readHistories(
  { store, output }: Pick<Session, 'store' | 'output'>,
  names: readonly ParameterName[],
): Promise<Histories> {
  const found: [ParameterName, readonly PastVersion[]][] = [];
  for (const name of names) {
    try {
      found.push([name, await store.history(name)]);
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      output.say(`Who put the earlier versions is unknown. ${error.message}`, 'note');
      break;
    }
  }
  return Object.fromEntries(found);
}

/** `version 12, put by ARN at TIME with policy put`. */
export function authorText(history: readonly PastVersion[], version: number): string {
  const one = history.find((past) => past.version === version);
  if (one === undefined) return `version ${version}, put by somebody else`;
  return `version ${version}, put by ${one.by} at ${utc(one.at)} ${howText(ownNoteOf(history, version))}`;
}
