import { createHash } from 'node:crypto';
import type { ProjectManifest } from './manifest.ts';
import type { ShippedPackage } from './shipped-packages.ts';

interface Contents {
  readonly project: ProjectManifest;
  /** `packages` of package-lock.json, by folder. */
  readonly lock: Readonly<Record<string, { readonly integrity?: string }>>;
  readonly packages: readonly ShippedPackage[];
  /** The distributed files: path to bytes. */
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/**
 * What the files that we distribute are made of, in CycloneDX 1.6: each file with its hash and the packages in it, and
 * each package with the hash that npm checked. `npm sbom` cannot do that: it lists what is installed, not what the
 * bundler took from it. There is no timestamp, and the serial number is derived from the contents, so the same source
 * gives the same bytes.
 */
export function softwareBillOfMaterials({ project, lock, packages, files }: Contents): object {
  const purls = new Map(packages.map((one) => [one.folder, purlOf(one)]));
  const refs = (folders: readonly string[]) =>
    [...new Set(folders.map((one) => purls.get(one) ?? ''))].sort();
  const own = purlOf(project);
  const byPurl = new Map(packages.map((one) => [purlOf(one), one]));
  const contents = {
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: {
        ...componentOf(project),
        description: project.description,
        components: Object.entries(files).map(([name, bytes]) => ({
          type: 'file',
          'bom-ref': name,
          name,
          hashes: [{ alg: 'SHA-256', content: createHash('sha256').update(bytes).digest('hex') }],
        })),
      },
    },
    components: [...byPurl.values()].map((one) => ({
      ...componentOf(one),
      ...checkedHash(lock[one.folder]?.integrity),
    })),
    dependencies: [
      { ref: own, dependsOn: Object.keys(files) },
      ...Object.keys(files).map((file) => ({
        ref: file,
        dependsOn: refs(packages.filter((one) => one.files.includes(file)).map(({ folder }) => folder)),
      })),
      ...[...byPurl].map(([ref, { imports }]) => ({ ref, dependsOn: refs(imports) })),
    ],
  };
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(contents))}`,
    ...contents,
  };
}

interface Named {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

function componentOf(one: Named) {
  return {
    type: 'library',
    'bom-ref': purlOf(one),
    name: one.name,
    version: one.version,
    licenses: [{ license: { id: one.license } }],
    purl: purlOf(one),
  };
}

const purlOf = ({ name, version }: Omit<Named, 'license'>): string =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** The hash against which npm checked a package. */
function checkedHash(integrity = ''): { readonly hashes?: readonly object[] } {
  const [, base64] = /^sha512-(\S+)/.exec(integrity) ?? [];
  if (base64 === undefined) return {};
  return { hashes: [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }] };
}

/** A UUID of version 8, which leaves the contents to the application (RFC 9562 §5.8). */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const parts = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})/.exec(hex)?.slice(1) ?? [];
  const [first, second, third, fourth, fifth] = parts;
  return [first, second, `8${third}`, `8${fourth}`, fifth].join('-');
}
