import type { Changes } from '../contract.ts';
import { byId } from './dom.ts';

/** The notices in the bar about the stack. */
export interface Notices {
  readonly outage: (on: boolean) => void;
  /** Updates the notices from a response about changes; undefined if there was none. */
  readonly looked: (result: Pick<Changes, 'outage' | 'startedAt'> | undefined) => void;
}

export function createNotices(): Notices {
  const outageChip = byId('outage', HTMLElement);
  const gone = byId('gone', HTMLElement);
  const another = byId('another', HTMLElement);
  let startedAt: number | undefined;
  byId('reload', HTMLButtonElement).addEventListener('click', () => location.reload());
  const outage = (on: boolean) => {
    outageChip.hidden = !on;
  };
  return {
    outage,
    looked(result) {
      gone.hidden = result !== undefined;
      if (result === undefined) return;
      outage(result.outage);
      startedAt ??= result.startedAt;
      another.hidden = startedAt === result.startedAt;
    },
  };
}
