import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipOf } from '../../infra/release/archive.ts';
import { filesIn, sumsOf } from '../../infra/release/folder.ts';

/** The folder in which a release is assembled. */
export const RELEASE_FOLDER = 'dist/release';

/**
 * The hashes of a release's files. Throws if a file is in a subfolder: a GitHub release has no folders, and users check the hashes
 * next to the files.
 */
export function releaseSumsOf(folder: string): string {
  const nested = filesIn(folder).find((file) => file.includes('/'));
  if (nested === undefined) return sumsOf(folder);
  throw new Error(
    `${nested} is in a folder, and a GitHub release has none. Put files that belong together into an archive.`,
  );
}

/** A zip of a folder and everything below it, under another name. */
export const zipOfFolder = (folder: string, name: string): Uint8Array =>
  zipOf(
    Object.fromEntries(filesIn(folder).map((file) => [`${name}/${file}`, readFileSync(join(folder, file))])),
  );

/** The files that only one of two lists of hashes has, or that have different hashes. */
export function differencesOf(one: string, other: string): readonly string[] {
  const [first, second] = [one.split('\n'), other.split('\n')];
  const lines = [
    ...first.filter((line) => !second.includes(line)),
    ...second.filter((line) => !first.includes(line)),
  ];
  return [...new Set(lines.map((line) => line.split('  ')[1] ?? line))];
}
