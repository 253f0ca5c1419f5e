import { expect, test } from '@jest/globals';
import { textOf } from './sources.ts';

/** The packages of a lock file that have a script which runs when they are installed. */
function withScripts(lock: string): readonly string[] {
  const entries = Object.entries<{ readonly hasInstallScript?: boolean }>(JSON.parse(textOf(lock)).packages);
  const paths = entries.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path);
  return [...new Set(paths.map((path) => path.split('node_modules/').at(-1) ?? ''))].sort();
}

// Only by name: npm knows versions by the addresses of packages, which the lock files leave out.
test.each([
  ['', []],
  ['bench/', ['aws-lambda-ric']],
  ['test/browser/', []],
] as const)(
  'installing %spackage.json runs scripts of only these packages, and lists every package that has one: %j',
  (folder, allowed) => {
    const { allowScripts = {} } = JSON.parse(textOf(`${folder}package.json`));
    expect(Object.keys(allowScripts).sort()).toEqual(withScripts(`${folder}package-lock.json`));
    expect(Object.keys(allowScripts).filter((name) => allowScripts[name] !== false)).toEqual(allowed);
  },
);

test.each(['', 'bench/', 'test/browser/'])(
  'every package that %spackage-lock.json names comes from the registry, and is checked by its hash',
  (folder) => {
    const { packages } = JSON.parse(textOf(`${folder}package-lock.json`));
    const { '': root, ...named } = packages;
    const ours = Object.entries<Locked>(named).filter(([, { inBundle }]) => inBundle !== true);
    expect(ours.length).toBeGreaterThan(1);
    // Without an address, npm uses the registry of whoever installs; an address of another host could hide in a long diff.
    const odd = ours.filter(
      ([, { resolved, link, integrity = '' }]) =>
        resolved !== undefined || link === true || !/^sha512-\S{88}$/.test(integrity),
    );
    expect(odd.map(([path]) => path)).toEqual([]);
  },
);

interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  /** Whether it is inside of the archive of another one, whose hash covers it. */
  readonly inBundle?: boolean;
}

test('every dependency is of an exact version', () => {
  const manifest = JSON.parse(textOf('package.json'));
  const { dependencies, devDependencies, optionalDependencies, overrides } = manifest;
  const versions = [dependencies, devDependencies, optionalDependencies, overrides].flatMap((of) =>
    Object.values<string | Record<string, string>>(of).flatMap((one) =>
      typeof one === 'string' ? [one] : Object.values(one),
    ),
  );
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
