import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CommandFailure } from '../arguments.ts';
import { npm } from './commands.ts';
import { distTagOf } from './dist-tag.ts';

interface Publishing {
  readonly name: string;
  readonly version: string;
  /** Path of the packed package. It begins with `./`. */
  readonly tarball: string;
  /** The tag of the release; undefined for a rehearsal, where npm may already have the version, from the last release. */
  readonly tag?: string | undefined;
}

interface Rehearsed {
  /** npm's dist-tag for the version. */
  readonly distTag: string;
  /** What would happen, as a line to print. */
  readonly said: string;
}

/** Asks npm whether it would accept the package. Throws if it would not. */
export function rehearsePublishing(
  { name, version, tarball, tag }: Publishing,
  run: (...args: readonly string[]) => string = (...args) => npm('.', ...args),
): Rehearsed {
  const viewed = (what: string, field: string): string | undefined => {
    try {
      return run('view', what, field).trim();
    } catch (error) {
      if (error instanceof Error && error.message.includes('E404')) return undefined;
      throw error;
    }
  };
  const distTag = distTagOf(version, viewed(name, 'dist-tags.latest'));
  const published = viewed(`${name}@${version}`, 'dist.integrity') || undefined;
  if (published === undefined) {
    run('publish', '--dry-run', '--tag', distTag, tarball);
    return { distTag, said: `ok  npm would publish ${name} ${version} as ${distTag}` };
  }
  if (published === `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`) {
    return {
      distTag,
      said: `ok  npm has ${name} ${version} with these bytes, so nothing would be published`,
    };
  }
  if (tag !== undefined) {
    throw new CommandFailure(
      `npm has ${name} ${version} with other bytes, and never replaces a version. Set the next version in package.json, and tag that.`,
    );
  }
  return { distTag, said: `--  npm has ${name} ${version}: the next release needs a later version` };
}
