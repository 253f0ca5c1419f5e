/** How long a line must have been away to be news again: longer than the time between two runs of the keeper. */
const FORGOTTEN_AFTER_MS = 12_000;

/**
 * Tells for each line whether it is news. The keeper runs every few seconds and mostly says the same again: a line
 * that differs from an earlier one by numbers alone (times, ids, sizes) is a repetition as long as it keeps coming.
 *
 * @param now milliseconds
 */
export function createRepeatFilter(now: () => number = () => performance.now()): (line: string) => boolean {
  const lastSeen = new Map<string, number>();
  return (line) => {
    const time = now();
    for (const [text, seen] of lastSeen) {
      if (time - seen <= FORGOTTEN_AFTER_MS) break;
      lastSeen.delete(text);
    }
    const text = line.replace(/[0-9a-f]*\d[0-9a-f]*/gi, '0');
    // Removed first, so that the map stays in the order of time.
    const isNews = !lastSeen.delete(text);
    lastSeen.set(text, time);
    return isNews;
  };
}
