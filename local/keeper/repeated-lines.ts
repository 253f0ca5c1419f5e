/** How long a line must be absent to be news again; longer than the time between two runs of the keeper. */
const FORGOTTEN_AFTER_MS = 12_000;

/**
 * Decides whether a line is news. The keeper runs every few seconds and mostly repeats itself: a line that differs from
 * an earlier one only in numbers (times, ids, sizes) is a repetition as long as it keeps coming.
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
    // Deletes before setting, to keep the map in order of time.
    const isNews = !lastSeen.delete(text);
    lastSeen.set(text, time);
    return isNews;
  };
}
