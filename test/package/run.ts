import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPackage } from '../../infra/package/build-package.ts';
import { PEERS } from '../../infra/package/manifest.ts';
import { parseArguments, runCommand } from '../../tools/arguments.ts';
import { command } from './commands.ts';
import { problemsOfContents, sha256 } from './contents.ts';
import { examplesIn } from './examples.ts';
import { tryStockApp, type Versions } from './stock-app.ts';

const HELP = `Usage: npm run pack:check [-- --quick] [--keep]

Builds and packs the npm package twice, compares the bytes and checks the files. Then installs the package in stock apps
from "cdk init", with the newest and the oldest aws-cdk-lib that it supports. The apps' own commands build, test and
synthesize the examples of docs/package.md. Needs the npm registry.

  --quick  build once, and try only the stock app with the newest aws-cdk-lib
  --keep   keep the folder with the apps, and print its path
  --help   print this text`;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { devDependencies: PINNED } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** Versions for the stock apps, newest first. The oldest has the CLI of its time, whose app uses ts-jest and ts-node. */
const APPS: readonly Versions[] = [
  { cli: PINNED['aws-cdk'], library: PINNED['aws-cdk-lib'], constructs: PINNED.constructs },
  { cli: '2.1118.0', library: PEERS['aws-cdk-lib'], constructs: PEERS.constructs },
];

async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArguments(args, { quick: { type: 'boolean' }, keep: { type: 'boolean' } });
  const quick = values.quick ?? false;
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'pack-check-')));
  try {
    const tarball = await packed(join(work, 'first'), work);
    if (!quick) {
      const again = await packed(join(work, 'second'), work);
      if (sha256(tarball) !== sha256(again)) throw new Error(`Two builds differ: ${tarball} and ${again}.`);
      console.log('ok  two builds give the same bytes');
    }
    command(work, 'tar', ['xzf', tarball]);
    const problems = problemsOfContents(join(work, 'package'), ROOT.replace(/\/$/, ''));
    if (problems.length > 0) throw new Error(`The package has problems:\n${problems.join('\n')}`);
    console.log('ok  its files');
    const examples = examplesIn(join(ROOT, 'docs/package.md'));
    for (const versions of quick ? APPS.slice(0, 1) : APPS) {
      const folder = join(work, `app-${versions.library}`);
      mkdirSync(folder);
      tryStockApp({ folder, versions, tarball, examples });
      console.log(`ok  ${examples.length} examples in a stock app with aws-cdk-lib ${versions.library}`);
    }
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    if (values.keep) console.log(work);
    else rmSync(work, { recursive: true, force: true });
  }
}

/** Builds the package and packs it. */
async function packed(folder: string, work: string): Promise<string> {
  mkdirSync(folder);
  await buildPackage(join(folder, 'package'), join(work, 'report.api.md'));
  const [{ filename }] = JSON.parse(
    command(folder, 'npm', ['pack', './package', '--json', '--pack-destination', folder]),
  );
  return join(folder, filename);
}

await runCommand({ help: HELP, run });
