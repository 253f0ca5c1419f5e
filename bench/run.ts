import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode24 } from '../local/lambda/node24.ts';
import { ArgumentError, parseArguments, runCommand } from '../tools/arguments.ts';
import { chartsOf, withResults } from './report/documents.ts';
import { type Result, sectionOf } from './report/results.ts';
import { table } from './report/table.ts';

const SECTIONS = ['decision', 'invocation', 'cold-start', 'growth', 'scale'];

const HELP = `Usage: npm run bench [-- --only NAME] [--quick]
       npm run bench -- --draw

Measures the function against its peers, prints a table, and writes bench/results.json, the charts
docs/performance.svg and docs/scale.svg, and the table in docs/performance.md. Installs the peers
into bench/node_modules if they are missing.

  --only NAME  measures only one section and keeps the results of the others; may be repeated.
               One of: ${SECTIONS.join(', ')}
  --draw       measures nothing: writes the charts and the table from bench/results.json
  --quick      runs few rounds, to show that it works; writes nothing
  --help       prints this text`;

const DIRECTORY = fileURLToPath(new URL('.', import.meta.url));
const ROOT = join(DIRECTORY, '..');
const RESULTS = join(DIRECTORY, 'results.json');
const PAGE = join(ROOT, 'docs/performance.md');

function run(args: readonly string[]): number {
  const { values } = parseArguments(args, {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean' },
    draw: { type: 'boolean' },
  });
  const { only = [], quick = false, draw: drawOnly = false } = values;
  if (drawOnly) {
    draw(readResults());
    return 0;
  }
  const unknown = only.find((name) => !SECTIONS.includes(name));
  if (unknown !== undefined) throw new ArgumentError(`--only takes one of these: ${SECTIONS.join(', ')}.`);
  const sections = only.length > 0 ? only : SECTIONS;
  installPeers();
  const node = findNode24();
  console.log(machine(node));

  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  let measured: Result[];
  try {
    measured = sections.flatMap((name) => measure(name, { node, directory, quick }));
  } finally {
    rmSync(directory, { recursive: true });
  }
  console.log(`\n${table(measured)}`);
  if (!quick) keep(measured, sections);
  return 0;
}

/** Runs one section in a separate process, which writes its bundles and results to the directory. */
function measure(
  name: string,
  { node, directory, quick }: { readonly node: string; readonly directory: string; readonly quick: boolean },
): Result[] {
  console.log(`\n${name} …`);
  const file = join(directory, `${name}.json`);
  const script = join(DIRECTORY, 'sections.ts');
  const args = ['--no-warnings', '--expose-gc', script, name, file, quick ? 'quick' : 'full'];
  const { status } = spawnSync(node, args, { stdio: 'inherit', env: { ...process.env, TMPDIR: directory } });
  if (status !== 0)
    throw new Error(`The section ${name} failed: see its output above. No results were written.`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Replaces the results of the measured sections and keeps the others. */
function keep(measured: readonly Result[], sections: readonly string[]): void {
  const old = existsSync(RESULTS) ? readResults() : [];
  const all = SECTIONS.flatMap((name) =>
    (sections.includes(name) ? measured : old).filter((result) => sectionOf(result) === name),
  );
  writeFileSync(RESULTS, `[\n${all.map((result) => `  ${JSON.stringify(result)}`).join(',\n')}\n]\n`);
  draw(all);
}

const readResults = (): Result[] => JSON.parse(readFileSync(RESULTS, 'utf8'));

/** Writes what the documentation shows of the results. */
function draw(results: readonly Result[]): void {
  for (const [file, chart] of Object.entries(chartsOf(results))) writeFileSync(join(ROOT, file), chart);
  writeFileSync(PAGE, withResults(readFileSync(PAGE, 'utf8'), results));
}

/** Runs `npm ci` if the installed peers differ from the lock file. */
function installPeers(): void {
  const installed = join(DIRECTORY, 'node_modules/.package-lock.json');
  const versions = (file: string): string => {
    const { packages = {} } = JSON.parse(readFileSync(file, 'utf8')) as Lock;
    return Object.keys(readManifest().dependencies)
      .map((name) => `${name} ${packages[`node_modules/${name}`]?.version}`)
      .join(', ');
  };
  if (existsSync(installed) && versions(installed) === versions(join(DIRECTORY, 'package-lock.json'))) return;
  console.log('Installing the peers (aws-lambda-ric compiles for about a minute) …');
  execFileSync('npm', ['ci', '--prefix', DIRECTORY, '--no-audit', '--no-fund'], { stdio: 'inherit' });
}

interface Lock {
  readonly packages?: Readonly<Record<string, { readonly version?: string } | undefined>>;
}

const readManifest = (): { readonly dependencies: Readonly<Record<string, string>> } =>
  JSON.parse(readFileSync(join(DIRECTORY, 'package.json'), 'utf8'));

function machine(node: string): string {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const peers = Object.entries(readManifest().dependencies).map(([name, range]) => `${name} ${range}`);
  return `Node.js ${version}; ${cpus().length} x ${cpu?.model}, ${memory}\n${peers.join(', ')}`;
}

await runCommand({ help: HELP, run });
