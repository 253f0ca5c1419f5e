import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseArguments, runCommand } from '../../tools/arguments.ts';
import { userPath } from '../../tools/user-path.ts';
import { bundle, LAMBDA_DIRECTORY } from './bundle.ts';
import { ENTRIES } from './entries.ts';

const HELP = `Usage: npm run build [-- --outdir DIR]

Bundles each handler of lambda/ as it is deployed and prints its size.

  --outdir DIR  where the bundles go (default: dist)
  --help        print this text`;

function run(args: readonly string[]): number {
  const { values } = parseArguments(args, { outdir: { type: 'string' } });
  const outdir = values.outdir === undefined ? 'dist' : userPath(values.outdir);
  for (const entry of ENTRIES.filter((name) => existsSync(join(LAMBDA_DIRECTORY, `${name}.ts`)))) {
    try {
      bundle({ entry, outdir });
    } catch (error) {
      // esbuild has printed what is wrong, and where.
      if (error instanceof Error && 'errors' in error) return 1;
      throw error;
    }
    const file = join(outdir, `${entry}.mjs`);
    const bytes = readFileSync(file);
    console.log(`${file}  ${kilobytes(bytes)} (${kilobytes(gzipSync(bytes))} gzipped)`);
  }
  return 0;
}

function kilobytes({ length }: Uint8Array): string {
  return `${(length / 1000).toFixed(1)} kB`;
}

await runCommand({ help: HELP, run });
