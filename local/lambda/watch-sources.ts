import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

/** How long a directory must be unchanged before its change is reported, in milliseconds: editors write in several steps. */
const REST_MS = 100;

/** Watches one folder, without its subfolders. */
export type WatchFolder = (folder: string, onChange: () => void) => FSWatcher;

/**
 * Reports changes below a directory, once for changes that follow each other. Each folder has its own watcher, because the
 * recursive watcher of Node.js polls every five seconds on Linux.
 *
 * @throws Error if the system has no more watchers, rather than miss changes silently
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
        // The folder is gone; the watcher of its parent reports that.
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
