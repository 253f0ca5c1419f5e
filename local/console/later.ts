/** Calls back after a time in milliseconds, unless it is called off by what is returned. */
export type Later = (ms: number, callBack: () => void) => () => void;

export const later: Later = (ms, callBack) => {
  const timer = setTimeout(callBack, ms);
  return () => clearTimeout(timer);
};
