import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import { bundle } from '../bundle/bundle.ts';
import { ENTRIES } from '../bundle/entries.ts';
import { filesIn, SUMS, sumsOf } from '../release/folder.ts';
import { writeDeclarations } from './declarations.ts';
import { withoutDeadLinks } from './documents.ts';
import { PEERS, type ProjectManifest, packageManifest } from './manifest.ts';
import { thirdPartyNotices } from './notices.ts';
import { softwareBillOfMaterials } from './sbom.ts';
import { shippedPackages } from './shipped-packages.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What goes into the package unchanged. */
const AS_IT_IS = ['LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'docs', 'schema'];

/** Modules that the package replaces with others. */
const PREBUILT = {
  'infra/function/bundled-code.ts': 'infra/package/prebuilt-code.ts',
  'infra/options/judge-command.ts': 'infra/package/prebuilt-judge.ts',
} as const;

/**
 * Builds the package into a folder: the constructs as one CommonJS module, because a stock jest can require nothing else
 * everywhere; an ES module with the same exports; declarations; the bundles of the functions, the same that the app deploys and
 * the tests run; and docs. The same source gives the same bytes.
 */
export async function buildPackage(outdir: string, report: string): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(join(outdir, 'functions'), { recursive: true });
  const constructs = await buildConstructs(outdir);
  const judge = await buildJudge(outdir);
  const functions = ENTRIES.map((entry) => [
    `functions/${entry}/${entry}.mjs`,
    bundle({ entry, outdir: join(outdir, 'functions', entry) }),
  ]);
  writeFileSync(join(outdir, 'functions', SUMS), sumsOf(join(outdir, 'functions')));
  // Through symbolic links, declarations would not find each other.
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'declarations-')));
  try {
    writeDeclarations({ root: ROOT, scratch, output: resolve(outdir, 'index.d.ts'), report });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  writeFileSync(join(outdir, 'index.mjs'), "export * from './index.js';\n");
  writeFileSync(join(outdir, 'index.d.mts'), "export * from './index.js';\n");
  const project = readJson('package.json');
  writeContents(outdir, project, {
    'index.js': constructs,
    'judge-policy.mjs': judge,
    ...Object.fromEntries(functions),
  });
  for (const path of AS_IT_IS) {
    cpSync(join(ROOT, path), join(outdir, path), {
      recursive: true,
      filter: (source) => !/\/docs\/images$|\.svg$/.test(source),
    });
  }
  for (const file of filesIn(outdir).filter((name) => name.endsWith('.md'))) {
    writeFileSync(join(outdir, file), withoutDeadLinks(join(outdir, file)));
  }
  const manifest = packageManifest(project, [
    'index.*',
    'judge-policy.mjs',
    'functions',
    'THIRD-PARTY-NOTICES',
    'sbom.cdx.json',
    ...AS_IT_IS,
  ]);
  writeJson(join(outdir, 'package.json'), manifest);
  // npm also packs file modes, which depend on the builder's umask.
  for (const file of filesIn(outdir)) chmodSync(join(outdir, file), 0o644);
}

/** Writes what the built files are made of, for lawyers and for scanners. */
function writeContents(
  outdir: string,
  project: ProjectManifest,
  metafiles: Readonly<Record<string, Metafile>>,
): void {
  const packages = shippedPackages(ROOT, metafiles);
  writeFileSync(join(outdir, 'THIRD-PARTY-NOTICES'), `${thirdPartyNotices(packages)}\n`);
  const files = Object.keys(metafiles).map((file) => [file, readFileSync(join(outdir, file))]);
  const { packages: lock } = readJson('package-lock.json');
  writeJson(
    join(outdir, 'sbom.cdx.json'),
    softwareBillOfMaterials({ project, lock, packages, files: Object.fromEntries(files) }),
  );
}

const readJson = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

const writeJson = (path: string, value: object): void =>
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} as const;

/** The constructs, without the CDK: an app must have only one copy of it. */
async function buildConstructs(outdir: string): Promise<Metafile> {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: ['infra/package/public-api.ts'],
    outfile: join(outdir, 'index.js'),
    format: 'cjs',
    external: Object.keys(PEERS),
    plugins: [prebuilt],
  });
  const inputs = Object.keys(metafile.inputs);
  const foreign = inputs.filter(
    (path) => path.includes('node_modules/') || path.startsWith('infra/bundle/bundle'),
  );
  if (foreign.length > 0)
    throw new Error(
      `The constructs must not include ${foreign.join(', ')}. Keep these imports out of infra/package/public-api.ts.`,
    );
  return metafile;
}

/** The module that judges a policy, with the libraries that it needs. */
async function buildJudge(outdir: string): Promise<Metafile> {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: ['infra/options/judge-policy.ts'],
    outfile: join(outdir, 'judge-policy.mjs'),
    format: 'esm',
    minify: true,
  });
  return metafile;
}

const prebuilt: Plugin = {
  name: 'prebuilt',
  setup({ onLoad }) {
    for (const [path, instead] of Object.entries(PREBUILT)) {
      onLoad({ filter: new RegExp(`${path.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]')}$`) }, () => ({
        contents: readFileSync(join(ROOT, instead), 'utf8'),
        resolveDir: join(ROOT, dirname(instead)),
        loader: 'ts',
      }));
    }
  },
};
