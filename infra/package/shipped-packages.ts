import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** A third-party package whose code is in a file that we distribute. */
export interface ShippedPackage {
  /** Its folder, relative to the root, as package-lock.json has it. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** SPDX identifier. */
  readonly license: string;
  /** Its licence and notices. */
  readonly texts: readonly string[];
  /** Folders of the shipped packages that its code imports. */
  readonly imports: readonly string[];
  /** The distributed files that contain its code. */
  readonly files: readonly string[];
}

/** Licences that allow distributing the code in a bundle with other terms. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];

const NOTICE = /^notice(?:[.-]|$)/i;

/** Folder of the package that a module belongs to; undefined for our own. */
export const packageFolderOf = (path: string): string | undefined =>
  /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];

/**
 * The packages that have code in the files, according to esbuild's metafile of each, sorted by folder.
 *
 * Throws an error that lists every package without the text of its licence, or with a licence that is not allowed.
 */
export function shippedPackages(
  root: string,
  files: Readonly<Record<string, Metafile>>,
): readonly ShippedPackage[] {
  const found = new Map<string, { readonly imports: Set<string>; readonly files: Set<string> }>();
  for (const [file, { inputs, outputs }] of Object.entries(files)) {
    for (const [path, { bytesInOutput }] of Object.values(outputs).flatMap((output) =>
      Object.entries(output.inputs),
    )) {
      const folder = packageFolderOf(path);
      if (folder === undefined || bytesInOutput === 0) continue;
      const entry = found.get(folder) ?? { imports: new Set(), files: new Set() };
      found.set(folder, entry);
      entry.files.add(file);
      for (const { path: imported } of inputs[path]?.imports ?? []) {
        entry.imports.add(packageFolderOf(imported) ?? folder);
      }
    }
  }
  const packages = [...found]
    .map(([folder, entry]) => ({
      ...described(root, folder),
      imports: [...entry.imports].filter((other) => other !== folder && found.has(other)).sort(),
      files: [...entry.files].sort(),
    }))
    .sort((one, other) => (one.folder < other.folder ? -1 : 1));
  const problems = packages.flatMap(problemsOf);
  if (problems.length > 0) throw new Error(`The bundles cannot be distributed:\n${problems.join('\n')}`);
  return packages;
}

function described(root: string, folder: string) {
  const place = join(root, folder);
  const {
    name,
    version,
    license = 'no licence',
  } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  const textsOf = (pattern: RegExp) =>
    readdirSync(place, { withFileTypes: true })
      .filter((entry) => entry.isFile() && pattern.test(entry.name))
      .map((entry) => entry.name)
      .sort()
      .map((file) => readFileSync(join(place, file), 'utf8').trim())
      .filter((text) => text !== '');
  const own = textsOf(/^(?:licen[cs]e|copying)(?:[.-]|$)/i);
  // Packages of the SDK omit the text. It is the same for every package under this licence, including this project.
  const common = license === 'Apache-2.0' ? [readFileSync(join(root, 'LICENSE'), 'utf8').trim()] : [];
  const terms = own.length > 0 ? own : common;
  // A notice is no licence: without terms there is nothing that it could be added to.
  return { folder, name, version, license, texts: terms.length > 0 ? [...terms, ...textsOf(NOTICE)] : [] };
}

function problemsOf({ name, version, license, texts, files }: ShippedPackage): readonly string[] {
  const where = `${name} ${version}, which is in ${files.join(' and ')},`;
  return [
    ...(ALLOWED.includes(license)
      ? []
      : [
          `${where} is under ${license}. Read that licence; then add it to ALLOWED, or do without the package.`,
        ]),
    ...(texts.length > 0
      ? []
      : [`${where} has no licence text (${license}). It cannot be distributed without one.`]),
  ];
}
