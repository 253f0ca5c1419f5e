import type { Change, Changes } from '../contract.ts';
import { byId, el } from './dom.ts';
import { server } from './server.ts';
import { duration } from './times.ts';

export interface ChangeList {
  /** Polls often from now on, until every change is in force. */
  readonly watch: () => void;
  /** Calls the listener after each poll. */
  readonly onLook: (listener: (changes: readonly Change[]) => void) => void;
  /** Resolves when a version of a parameter is in force; rejects if it is not after a minute. */
  readonly inForce: (name: string, version: number) => Promise<void>;
}

/** How long to wait between polls. A change takes seconds, but an invalid one never comes into force, so polling slows down. */
const SOON_MS = 400;
const LATER_MS = 4000;
const PATIENCE_MS = 20_000;
const GIVE_UP_MS = 60_000;

/** @param looked gets each response of the server, or undefined if there was none */
export function createChanges(looked: (result: Changes | undefined) => void): ChangeList {
  const list = byId('changes', HTMLOListElement);
  const listeners = new Set<(changes: readonly Change[]) => void>();
  let timer: number | undefined;
  let looking = false;

  const look = async () => {
    if (looking) return;
    looking = true;
    clearTimeout(timer);
    let wait = LATER_MS;
    try {
      const result = await server.changes();
      looked(result);
      const { changes, now } = result;
      list.replaceChildren(...changes.map((change) => changeItem(change, now)));
      for (const listener of listeners) listener(changes);
      const waiting = changes.filter(({ inForceAt }) => inForceAt === undefined);
      if (waiting.some(({ putAt }) => now - putAt < PATIENCE_MS)) wait = SOON_MS;
    } catch {
      looked(undefined);
    } finally {
      looking = false;
      // A hidden page does not poll.
      if (!document.hidden) timer = window.setTimeout(look, wait);
    }
  };
  document.addEventListener('visibilitychange', () => void look());
  void look();
  return {
    watch: () => void look(),
    onLook: (listener) => void listeners.add(listener),
    inForce: (name, version) =>
      new Promise((resolve, reject) => {
        const end = performance.now() + GIVE_UP_MS;
        const listener = (changes: readonly Change[]) => {
          const done = changes.some(
            (change) => change.name === name && change.version >= version && change.inForceAt !== undefined,
          );
          const late = performance.now() > end;
          if (!done && !late) return;
          listeners.delete(listener);
          if (done) resolve();
          else
            reject(
              new Error(
                `Version ${version} of ${name} is not in force after a minute: the output of npm start may say why.`,
              ),
            );
        };
        listeners.add(listener);
        void look();
      }),
  };
}

function changeItem({ name, version, inForceAt, putAt }: Change, now: number): HTMLElement {
  const state =
    inForceAt === undefined
      ? el('span', { class: 'waiting' }, `put ${duration((now - putAt) / 1000)} ago, not in force yet`)
      : el('span', { class: 'done' }, `in force after ${duration((inForceAt - putAt) / 1000)}`);
  return el(
    'li',
    {},
    el('code', {}, name),
    el('span', { class: 'version' }, `version ${version}`),
    state,
    el('time', {}, new Date(putAt).toLocaleTimeString('sv-SE')),
  );
}
