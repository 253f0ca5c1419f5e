import type { Later } from './later.ts';

/** How often to look, in milliseconds. */
const INTERVAL_MS = 500;

/**
 * Calls back when the parent of this process has ended. npm hands a signal to the shell between it and this process, and the
 * shell dies of it without a word: this process would run on with nobody to end it.
 *
 * @param parent gives the id of the parent, which becomes another one when that ends
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
