import { createHash, randomUUID } from 'node:crypto';
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

/** An assembly that was taken since may be in use, by this or another run of the tests. In milliseconds. */
const IN_USE_MS = 3_600_000;

/**
 * The project's cloud assembly, synthesized once for each state of its sources, because synthesis takes
 * longer than most tests that need it.
 */
export async function testAssembly(context: Readonly<Record<string, string>> = {}): Promise<string> {
  const name = digest(context);
  const directory = join(CACHE, name);
  if (existsSync(join(directory, 'manifest.json'))) {
    utimesSync(directory, new Date(), new Date());
    return directory;
  }
  mkdirSync(CACHE, { recursive: true });
  const fresh = join(CACHE, `${name}.${randomUUID()}`);
  await synthesize(fresh, { context });
  // If the sources changed during the synthesis, only this caller uses the assembly.
  if (digest(context) !== name) return fresh;
  try {
    renameSync(fresh, directory);
  } catch {
    // Another test file was faster.
    rmSync(fresh, { recursive: true, force: true });
  }
  prune();
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

/** Removes the assemblies that have not been used for longest. */
function prune(): void {
  const newestFirst = readdirSync(CACHE)
    .map((name) => join(CACHE, name))
    // Another test file may have renamed or removed it.
    .map((path) => ({ path, time: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.time - a.time);
  for (const { path, time } of newestFirst.slice(KEPT)) {
    if (Date.now() - time > IN_USE_MS) rmSync(path, { recursive: true, force: true });
  }
}
