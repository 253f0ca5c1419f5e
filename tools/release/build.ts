import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArguments, runCommand } from '../arguments.ts';
import { npm } from './commands.ts';
import { RELEASE_FOLDER, SUMS, sumsOf } from './folder.ts';

const HELP = `Usage: npm run release:build

Puts the files of a release into ${RELEASE_FOLDER}: the npm package, what is used without the CDK, the bill of materials, the licences of others,
and the hashes of all of them. What is there is removed.

  --help  print this text`;

await runCommand({
  help: HELP,
  run(args) {
    parseArguments(args, {});
    rmSync(RELEASE_FOLDER, { recursive: true, force: true });
    mkdirSync(RELEASE_FOLDER, { recursive: true });
    npm('.', 'run', '--if-present', 'release:assets');
    npm('.', 'run', 'build:package');
    npm('.', 'pack', './dist/package', '--pack-destination', RELEASE_FOLDER);
    for (const file of ['sbom.cdx.json', 'THIRD-PARTY-NOTICES']) {
      cpSync(join('dist/package', file), join(RELEASE_FOLDER, file));
    }
    writeFileSync(join(RELEASE_FOLDER, SUMS), sumsOf(RELEASE_FOLDER));
    console.log(readFileSync(join(RELEASE_FOLDER, SUMS), 'utf8').trimEnd());
    return 0;
  },
});
