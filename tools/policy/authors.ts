import type { ParameterName } from '../../lambda/contract.ts';
import { CommandFailure } from '../arguments.ts';
import { utc } from '../explain/format.ts';
import { howText } from './change-note.ts';
import { type Histories, ownNoteOf, type PastVersion } from './history.ts';
import type { Session } from './session.ts';

/** The histories of some parameters that exist; what cannot be read is left out, and said once. */
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
      output.say(`Who put what before is not known. ${error.message}`, 'note');
      break;
    }
  }
  return Object.fromEntries(found);
}

/** `version 12, which ARN put at TIME`, by how. */
export function authorText(history: readonly PastVersion[], version: number): string {
  const one = history.find((past) => past.version === version);
  if (one === undefined) return `version ${version}, put by somebody else`;
  return `version ${version}, which ${one.by} put at ${utc(one.at)} ${howText(ownNoteOf(history, version))}`;
}
