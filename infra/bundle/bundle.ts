import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, type Metafile } from 'esbuild';
import type { Entry } from './entries.ts';

interface BundleOptions {
  readonly entry: Entry;
  /** Where the output file goes. Other files there stay. */
  readonly outdir: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The directory of the composition roots. */
export const LAMBDA_DIRECTORY = join(ROOT, 'lambda');

/**
 * Builds one handler into `outdir` as a single minified ES module. Deploys, local runs, tests and
 * benchmarks all use this function, so what they test and measure is what runs in AWS. The same source gives
 * the same bytes, whatever the working directory.
 *
 * @returns esbuild's metafile: which modules are in the bundle and how many bytes each takes.
 */
export function bundle({ entry, outdir }: BundleOptions): Metafile {
  return bundleModule({ entryPoint: join(LAMBDA_DIRECTORY, `${entry}.ts`), outdir });
}

interface ModuleOptions {
  /** Path of the module that is the entry. */
  readonly entryPoint: string;
  readonly outdir: string;
}

/** The same for any module, for measuring a part of the function as it is built. */
export function bundleModule({ entryPoint, outdir }: ModuleOptions): Metafile {
  return buildSync({
    absWorkingDir: ROOT,
    entryPoints: [entryPoint],
    outdir: resolve(outdir),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // By default esbuild uses the SDK's CommonJS builds for Node.js, which can't be tree-shaken.
    mainFields: ['module', 'main'],
    alias: {
      '@aws-sdk/credential-provider-node': join(ROOT, 'infra/bundle/environment-credentials.ts'),
      'node:http': join(ROOT, 'infra/bundle/node-http.ts'),
      'node:process': join(ROOT, 'infra/bundle/node-process.ts'),
    },
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  }).metafile;
}
