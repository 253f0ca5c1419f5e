import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipOf } from '../../infra/release/archive.ts';
import { filesIn, sumsOf } from '../../infra/release/folder.ts';

/** Where the files of a release are put together. */
export const RELEASE_FOLDER = 'dist/release';

/**
 * The hashes of the files of a release. Throws an error if one is in a folder: the files of a GitHub release are in none, and the
 * hashes are checked beside them.
 */
export function releaseSumsOf(folder: string): string {
  const nested = filesIn(folder).find((file) => file.includes('/'));
  if (nested === undefined) return sumsOf(folder);
  throw new Error(`${nested} is in a folder. Put what belongs together into an archive.`);
}

/** A folder and all that is below it as a zip, in which it has another name. */
export const zipOfFolder = (folder: string, name: string): Uint8Array =>
  zipOf(
    Object.fromEntries(filesIn(folder).map((file) => [`${name}/${file}`, readFileSync(join(folder, file))])),
  );

/** The files that are in one of two lists of hashes and not, with the same hash, in the other. */
export function differencesOf(one: string, other: string): readonly string[] {
  const [first, second] = [one.split('\n'), other.split('\n')];
  const lines = [
    ...first.filter((line) => !second.includes(line)),
    ...second.filter((line) => !first.includes(line)),
  ];
  return [...new Set(lines.map((line) => line.split('  ')[1] ?? line))];
}
