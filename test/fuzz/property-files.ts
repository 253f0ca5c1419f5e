import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError } from '../../tools/arguments.ts';

/** The tests with properties among some files and folders. */
export function filesWithProperties(places: readonly string[]): string[] {
  const files = places.flatMap((place) => {
    const stat = statSync(place, { throwIfNoEntry: false });
    if (stat === undefined)
      throw new ArgumentError(`There is no file ${place}: name a test, or a folder of tests.`);
    const found = stat.isDirectory() ? testsIn(place).filter(hasProperties) : [place].filter(hasProperties);
    if (found.length === 0) {
      throw new ArgumentError(
        `${place} has no properties, so a seed changes nothing: name a test that uses fast-check.`,
      );
    }
    return found;
  });
  return [...new Set(files)].sort();
}

const testsIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file));

const hasProperties = (file: string): boolean =>
  file.endsWith('.test.ts') && readFileSync(file, 'utf8').includes("from 'fast-check'");
