import { join } from 'node:path';
import { parseArguments, runCommand } from '../../tools/arguments.ts';
import { userPath } from '../../tools/user-path.ts';
import { assetsOf, ownVersion, writeAssets } from './assets.ts';

const HELP = `Usage: npm run release:assets [-- --outdir DIR]

Writes the files for deploying without the CDK: a CloudFormation template for each shape, the zips of the functions, a Terraform
module that uses them, and their checksums. docs/without-cdk.md says how to deploy them.

  --outdir DIR  folder to write to; its contents are removed first (default: dist/without-cdk)
  --help        print this text`;

await runCommand({
  help: HELP,
  run(args) {
    const { values } = parseArguments(args, { outdir: { type: 'string' } });
    const outdir = values.outdir === undefined ? join('dist', 'without-cdk') : userPath(values.outdir);
    const assets = assetsOf(ownVersion());
    writeAssets(assets, outdir);
    const count = Object.keys(assets.templates).length;
    console.log(
      `Wrote release ${assets.version} into ${outdir}: ${count} templates and the code of their functions`,
    );
    return 0;
  },
});
