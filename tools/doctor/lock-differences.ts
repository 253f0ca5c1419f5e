import type { Machine } from './world.ts';

/** A package that must be installed, by its folder. */
interface LockedPackage {
  /** Such as `node_modules/jose`. */
  readonly folder: string;
  readonly version: string;
}

interface LockEntry {
  readonly version?: string;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly peer?: boolean;
  readonly link?: boolean;
}

/** The packages of a lock file, except those that some platforms do not get; undefined if it is not a lock file. */
export function readLock(text: string): readonly LockedPackage[] | undefined {
  try {
    const { packages } = JSON.parse(text) as { readonly packages?: Readonly<Record<string, LockEntry>> };
    if (packages === undefined) return undefined;
    return Object.entries(packages).flatMap(([folder, entry]) => {
      const { version, optional, devOptional, peer, link } = entry;
      const required = folder !== '' && !optional && !devOptional && !peer && !link;
      return required && version !== undefined ? [{ folder, version }] : [];
    });
  } catch {
    return undefined;
  }
}

/** The packages that are missing or have another version, in words. */
export async function lockDifferences(
  lock: readonly LockedPackage[],
  readFile: Machine['readFile'],
): Promise<readonly string[]> {
  const compared = await Promise.all(
    lock.map(async ({ folder, version }) => {
      const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const manifest = await readFile(`${folder}/package.json`);
      if (manifest === undefined) return [`${name} ${version} is missing`];
      const installed = versionIn(manifest);
      return installed === version ? [] : [`${name} is ${installed ?? 'incomplete'}, not ${version}`];
    }),
  );
  return compared.flat();
}

/** Undefined if an interrupted installation left an incomplete manifest. */
function versionIn(manifest: string): string | undefined {
  try {
    const { version } = JSON.parse(manifest) as { readonly version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
