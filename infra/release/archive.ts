import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { zipSync } from 'fflate';
import { bundle } from '../bundle/bundle.ts';
import { ENTRIES, type Entry } from '../bundle/entries.ts';
import type { CodeFile } from './release.ts';

export interface Archive extends CodeFile {
  readonly bytes: Uint8Array;
}

/** The earliest time that a zip can hold. It is local time, so the bytes do not depend on the time zone. */
const NO_TIME = new Date(1980, 0, 1);

const UNIX = 3;
const MODE = 0o100_644;

/** The zip of each bundle. The same bundle gives the same bytes. Their hash is in the name: CloudFormation updates code only when its key changes. */
export const archives = (): Readonly<Record<Entry, Archive>> =>
  bundled((entry, _, code) => archiveOf(entry, code));

/** What is in each bundle, according to esbuild. */
export const contentsOfBundles = (): Readonly<Record<Entry, Metafile>> => bundled((_, metafile) => metafile);

function bundled<T>(
  take: (entry: Entry, metafile: Metafile, code: Uint8Array) => T,
): Readonly<Record<Entry, T>> {
  const outdir = mkdtempSync(join(tmpdir(), 'bundles-'));
  try {
    const made = ENTRIES.map((entry) => {
      const metafile = bundle({ entry, outdir });
      return [entry, take(entry, metafile, readFileSync(join(outdir, `${entry}.mjs`)))] as const;
    });
    return Object.fromEntries(made) as Record<Entry, T>;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** A zip of files, given by path. It has the same bytes whenever and wherever it is built. */
export function zipOf(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const options = { level: 9, mtime: NO_TIME, os: UNIX, attrs: MODE << 16 } as const;
  return zipSync(Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, [bytes, options]])));
}

export function archiveOf(entry: Entry, code: Uint8Array): Archive {
  const bytes = zipOf({ [`${entry}.mjs`]: code });
  const hash = createHash('sha256').update(bytes).digest();
  return {
    name: `${entry}-${hash.toString('hex').slice(0, 16)}.zip`,
    sha256: hash.toString('base64'),
    bytes,
  };
}
