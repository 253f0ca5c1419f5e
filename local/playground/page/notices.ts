import type { Changes } from '../contract.ts';
import { byId } from './dom.ts';

/** The notices in the bar about the stack. */
export interface Notices {
  readonly outage: (on: boolean) => void;
  /** Updates the notices from a response about changes; undefined if there was none. */
  readonly looked: (answer: Pick<Changes, 'outage' | 'startedAt'> | undefined) => void;
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
    looked(answer) {
      gone.hidden = answer !== undefined;
      if (answer === undefined) return;
      outage(answer.outage);
      startedAt ??= answer.startedAt;
      another.hidden = startedAt === answer.startedAt;
    },
  };
}
