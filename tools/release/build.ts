import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownVersion } from '../../infra/release/assets.ts';
import { SUMS } from '../../infra/release/folder.ts';
import { parseArguments, runCommand } from '../arguments.ts';
import { npm } from './commands.ts';
import { RELEASE_FOLDER, releaseSumsOf, zipOfFolder } from './folder.ts';

const WITHOUT_CDK = 'dist/without-cdk';

const HELP = `Usage: npm run release:build

Puts the files of a release into ${RELEASE_FOLDER}: the npm package, the archive for use without the CDK, the bill of materials,
the third-party licences, and the hashes of all of them. The folder's contents are removed first.

  --help  print this text`;

await runCommand({
  help: HELP,
  run(args) {
    parseArguments(args, {});
    rmSync(RELEASE_FOLDER, { recursive: true, force: true });
    mkdirSync(RELEASE_FOLDER, { recursive: true });
    npm('.', 'run', 'release:assets', '--', '--outdir', WITHOUT_CDK);
    const name = `alb-jwt-authorizer-${ownVersion()}`;
    writeFileSync(join(RELEASE_FOLDER, `${name}-without-cdk.zip`), zipOfFolder(WITHOUT_CDK, name));
    npm('.', 'run', 'build:package');
    npm('.', 'pack', './dist/package', '--pack-destination', RELEASE_FOLDER);
    for (const file of ['sbom.cdx.json', 'THIRD-PARTY-NOTICES']) {
      cpSync(join('dist/package', file), join(RELEASE_FOLDER, file));
    }
    writeFileSync(join(RELEASE_FOLDER, SUMS), releaseSumsOf(RELEASE_FOLDER));
    console.log(readFileSync(join(RELEASE_FOLDER, SUMS), 'utf8').trimEnd());
    return 0;
  },
});
