import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { synthesize } from '../../local/assembly/synthesize.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules', '.cache', 'test-assemblies');

/** The sources of the cloud assembly. */
const INPUTS = ['cdk.json', 'package.json', 'package-lock.json', 'tsconfig.json', 'infra', 'lambda'];

/** How many assemblies are kept, so that switching between states of the sources needs no synthesis. */
const KEPT = 16;

/**
 * The project's cloud assembly, synthesized once for each state of its sources, because synthesis takes
 * longer than most tests that need it.
 */
export async function testAssembly(context: Readonly<Record<string, string>> = {}): Promise<string> {
  const name = digest(context);
  const directory = join(CACHE, name);
  if (existsSync(join(directory, 'manifest.json'))) {
    // Removes the least recently used ones.
    utimesSync(directory, new Date(), new Date());
    return directory;
  }
  mkdirSync(CACHE, { recursive: true });
  const fresh = join(CACHE, `${name}.${process.pid}`);
  await synthesize(fresh, { context });
  // If the sources changed during the synthesis, only this caller uses the assembly.
  if (digest(context) !== name) return fresh;
  try {
    renameSync(fresh, directory);
  } catch {
    // Another test file was faster.
    rmSync(fresh, { recursive: true, force: true });
  }
  prune(name);
  return directory;
}

function digest(context: object): string {
  const hash = createHash('sha256').update(process.version).update(JSON.stringify(context));
  for (const file of INPUTS.flatMap(filesOf))
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(ROOT, file)));
  return hash.digest('hex').slice(0, 32);
}

function filesOf(input: string): string[] {
  if (/\.\w+$/.test(input)) return [input];
  return readdirSync(join(ROOT, input), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length))
    .sort();
}

function prune(current: string): void {
  const oldestFirst = readdirSync(CACHE)
    .filter((name) => name !== current)
    .map((name) => ({ path: join(CACHE, name), time: statSync(join(CACHE, name)).mtimeMs }))
    .sort((a, b) => a.time - b.time);
  for (const { path } of oldestFirst.slice(0, 1 - KEPT)) rmSync(path, { recursive: true, force: true });
}
