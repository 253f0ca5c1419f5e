/** Lets only the latest of several overlapping calls through; the others come to undefined. */
export function createLatest(): <T>(work: Promise<T>) => Promise<T | undefined> {
  let newest = 0;
  return async (work) => {
    newest += 1;
    const mine = newest;
    const value = await work;
    return mine === newest ? value : undefined;
  };
}
