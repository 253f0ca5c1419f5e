import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

/** How long a directory must be at rest before its change is told, in milliseconds: an editor writes in several steps. */
const REST_MS = 100;

/** Watches one folder, without those in it. */
export type WatchFolder = (folder: string, onChange: () => void) => FSWatcher;

/**
 * Tells of changes below a directory, once for all that belong together. Each folder has a watcher of its own: the recursive
 * one of Node.js polls on Linux, every five seconds.
 *
 * @throws Error where the system has no more watchers: else nobody would know why changes are not seen
 */
export function watchSources(
  directory: string,
  onChange: () => void,
  watchFolder: WatchFolder = watch,
): { close(): void } {
  const watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  const close = () => {
    clearTimeout(timer);
    for (const watcher of watchers.splice(0)) watcher.close();
  };
  const follow = (isFirst: boolean) => {
    close();
    for (const folder of foldersIn(directory)) {
      try {
        watchers.push(watchFolder(folder, changed).on('error', () => {}));
      } catch (error) {
        // Its parent tells that a folder is gone.
        if (!isFirst || (error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        close();
        throw new Error(`--watch cannot watch ${folder}: ${error instanceof Error ? error.message : error}`);
      }
    }
  };
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Folders may have come and gone.
      follow(false);
      onChange();
    }, REST_MS);
  };
  follow(true);
  return { close };
}

const foldersIn = (directory: string): string[] => [
  directory,
  ...readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [join(entry.parentPath, entry.name)] : [],
  ),
];
