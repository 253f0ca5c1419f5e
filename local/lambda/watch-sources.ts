import { watch } from 'node:fs';

/** How long a directory must be at rest before its change is told, in milliseconds: an editor writes in several steps. */
const REST_MS = 100;

/** Tells of changes below a directory, once for all that belong together. Closing ends that. */
export function watchSources(directory: string, onChange: () => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(directory, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(onChange, REST_MS);
  });
  // A directory that is gone is no reason to end.
  watcher.on('error', () => {});
  return {
    close() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}
