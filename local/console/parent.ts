import type { Later } from './later.ts';

/** How often to check, in milliseconds. */
const INTERVAL_MS = 500;

/**
 * Calls back when the parent of this process has ended. npm sends a signal to the shell between it and this process, and the
 * shell dies without passing it on: this process would keep running with nobody to stop it.
 *
 * @param parent returns the id of the parent process, which changes when that process ends
 */
export function onParentEnd(
  callBack: () => void,
  later: Later,
  parent: () => number = () => process.ppid,
): { close(): void } {
  const first = parent();
  let callOff = () => {};
  const look = () => {
    if (parent() === first) callOff = later(INTERVAL_MS, look);
    else callBack();
  };
  look();
  return { close: () => callOff() };
}
