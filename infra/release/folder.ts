import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Lists every file of the folder but itself. */
export const SUMS = 'SHA256SUMS';

/**
 * The paths of all files in and below a folder, from there on, with `/`, sorted. Throws an error if something is neither a file nor
 * a folder: a link leads elsewhere on another machine.
 */
export function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => ({ entry, path: relative(folder, join(entry.parentPath, entry.name)) }));
  const odd = entries.find(({ entry }) => !entry.isFile());
  if (odd !== undefined) throw new Error(`${odd.path} in ${folder} is not a file. Put a file in its place.`);
  return entries.map(({ path }) => path.replaceAll(sep, '/')).sort();
}

/** The hashes of all files in and below a folder but `SUMS` itself, in the form that `sha256sum --check` reads, sorted by name. */
export const sumsOf = (folder: string): string =>
  filesIn(folder)
    .filter((file) => file !== SUMS)
    .map((file) => `${sha256(join(folder, file))}  ${file}\n`)
    .join('');

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
