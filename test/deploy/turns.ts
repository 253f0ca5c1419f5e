/** As many as a small machine has cores, because the CLI takes most of the time. */
const AT_A_TIME = 2;

/** Acts on each of the items, a few at a time. If any failed, throws after the last one. */
export async function takeTurns<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const failures: string[] = [];
  async function oneAfterAnother(): Promise<void> {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        await act(item);
      } catch (error) {
        failures.push(`${item}: ${error instanceof Error ? error.stack : error}`);
      }
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, oneAfterAnother));
  if (failures.length > 0) throw new Error(failures.join('\n\n'));
}
