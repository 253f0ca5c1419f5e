import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { bundle, ENTRIES, LAMBDA_DIRECTORY } from './bundle.ts';

const HELP = `Usage: npm run build [-- --outdir DIR]

Bundles each handler of lambda/ as it is deployed and prints its size.

  --outdir DIR  where the bundles go (default: dist)
  --help        print this text`;

function main(args: readonly string[]): number {
  let outdir: string;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { outdir: { type: 'string', default: 'dist' }, help: { type: 'boolean', default: false } },
    });
    if (values.help) {
      console.log(HELP);
      return 0;
    }
    outdir = values.outdir;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    return 2;
  }

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

process.exitCode = main(process.argv.slice(2));
