/** Of several overlapping calls, only the latest gives its result or error; the others resolve to undefined. */
export function createLatest(): <T>(work: Promise<T>) => Promise<T | undefined> {
  let newest = 0;
  return async (work) => {
    newest += 1;
    const mine = newest;
    try {
      const value = await work;
      return mine === newest ? value : undefined;
    } catch (error) {
      if (mine === newest) throw error;
      return undefined;
    }
  };
}
