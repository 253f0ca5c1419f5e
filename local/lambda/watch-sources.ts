import { type FSWatcher, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

/** How long a directory must be at rest before its change is told, in milliseconds: an editor writes in several steps. */
const REST_MS = 100;

/**
 * Tells of changes below a directory, once for all that belong together. Each folder has a watcher of its own: the recursive
 * one of Node.js polls on Linux, every five seconds.
 */
export function watchSources(directory: string, onChange: () => void): { close(): void } {
  let watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  const close = () => {
    clearTimeout(timer);
    for (const watcher of watchers.splice(0)) watcher.close();
  };
  const follow = () => {
    close();
    watchers = foldersIn(directory).flatMap((folder) => {
      // Its parent tells that a folder is gone.
      try {
        return [watch(folder, changed).on('error', () => {})];
      } catch {
        return [];
      }
    });
  };
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Folders may have come and gone.
      follow();
      onChange();
    }, REST_MS);
  };
  follow();
  return { close };
}

const foldersIn = (directory: string): string[] => [
  directory,
  ...readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [join(entry.parentPath, entry.name)] : [],
  ),
];
