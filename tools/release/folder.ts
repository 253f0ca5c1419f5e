import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { zipOf } from '../../infra/release/archive.ts';

/** Where the files of a release are put together. */
export const RELEASE_FOLDER = 'dist/release';

/** Lists every file of the folder but itself. */
export const SUMS = 'SHA256SUMS';

/**
 * The hashes of all files of a folder but `SUMS`, in the form that `sha256sum --check` reads, sorted by name. Throws an error if a
 * file is in a folder below: the files of a GitHub release are in none, and the hashes are checked beside them.
 */
export function sumsOf(folder: string): string {
  return filesIn(folder)
    .filter((file) => file !== SUMS)
    .map((file) => {
      if (file.includes(sep))
        throw new Error(`${file} is in a folder. Put what belongs together into an archive.`);
      return [file, sha256(join(folder, file))] as const;
    })
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([file, hash]) => `${hash}  ${file}\n`)
    .join('');
}

/** The paths of all files in and below a folder, from there on. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));

/** A folder and all that is below it as a zip, in which it has another name. */
export const zipOfFolder = (folder: string, name: string): Uint8Array =>
  zipOf(
    Object.fromEntries(
      filesIn(folder)
        .sort()
        .map((file) => [[name, ...file.split(sep)].join('/'), readFileSync(join(folder, file))]),
    ),
  );

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** The files that are in one of two lists of hashes and not, with the same hash, in the other. */
export function differencesOf(one: string, other: string): readonly string[] {
  const [first, second] = [one.split('\n'), other.split('\n')];
  const lines = [
    ...first.filter((line) => !second.includes(line)),
    ...second.filter((line) => !first.includes(line)),
  ];
  return [...new Set(lines.map((line) => line.split('  ')[1] ?? line))];
}
