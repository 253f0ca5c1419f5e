import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The file of checksums. It covers every other file in the folder. */
export const SUMS = 'SHA256SUMS';

/**
 * The sorted paths of all files in and below a folder, relative to it, with `/`. Throws if anything is neither a file nor a folder: a
 * link would lead elsewhere on another machine.
 */
export function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => ({ entry, path: relative(folder, join(entry.parentPath, entry.name)) }));
  const odd = entries.find(({ entry }) => !entry.isFile());
  if (odd !== undefined) throw new Error(`${odd.path} in ${folder} is not a file. Put a file in its place.`);
  return entries.map(({ path }) => path.replaceAll(sep, '/')).sort();
}

/** The hashes of all files in and below a folder, except `SUMS` itself, sorted by name, as `sha256sum --check` reads them. */
export const sumsOf = (folder: string): string =>
  filesIn(folder)
    .filter((file) => file !== SUMS)
    .map((file) => `${sha256(join(folder, file))}  ${file}\n`)
    .join('');

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
