import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArguments, runCommand } from '../../tools/arguments.ts';
import { userPath } from '../../tools/user-path.ts';
import { buildPackage } from './build-package.ts';

const HELP = `Usage: npm run build:package [-- --outdir DIR] [--report FILE]

Builds the npm package, and writes the report of its public types.

  --outdir DIR   where the package goes; existing contents are removed (default: dist/package)
  --report FILE  where the report goes (default: infra/package/alb-jwt-authorizer.api.md, which is checked in)
  --help         print this text`;

const REPORT = fileURLToPath(new URL('alb-jwt-authorizer.api.md', import.meta.url));

await runCommand({
  help: HELP,
  async run(args) {
    const { values } = parseArguments(args, { outdir: { type: 'string' }, report: { type: 'string' } });
    const outdir = values.outdir === undefined ? join('dist', 'package') : userPath(values.outdir);
    const report = values.report === undefined ? REPORT : userPath(values.report);
    await buildPackage(outdir, report);
    console.log(`${outdir} is ready to be packed: npm pack ${isAbsolute(outdir) ? outdir : `./${outdir}`}`);
    return 0;
  },
});
