/** Calls back after a time in milliseconds; the returned function cancels it. */
export type Later = (ms: number, callBack: () => void) => () => void;

export const later: Later = (ms, callBack) => {
  const timer = setTimeout(callBack, ms);
  return () => clearTimeout(timer);
};
